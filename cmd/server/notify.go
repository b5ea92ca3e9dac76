package main

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// stoppingTime is for how long a drain may be kept from its begin by a systemd that
// takes no messages.
const stoppingTime = time.Second

// notify tells systemd of a state, if that has asked for it (sd_notify(3)), and waits
// until ctx ends at most: the socket has room for a few messages of all services
// (net.unix.max_dgram_qlen), and systemd takes none while it reloads.
func (a *app) notify(ctx context.Context, state string) {
	err := send(ctx, os.Getenv("NOTIFY_SOCKET"), state)
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) { // or else it does not matter any more
		a.log.Warn("cannot notify systemd", "state", state, "err", err)
	}
}

// notifyStopping tells systemd that the drain begins.
func (a *app) notifyStopping() {
	ctx, cancel := context.WithTimeout(context.Background(), stoppingTime)
	defer cancel()
	a.notify(ctx, daemon.SdNotifyStopping)
}

// send is daemon.SdNotify with an end.
func send(ctx context.Context, socket, state string) error {
	if socket == "" {
		return nil
	}
	conn, err := net.Dial("unixgram", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetWriteDeadline(time.Unix(1, 0)) })()
	_, err = conn.Write([]byte(state))
	return err
}

// keepNotified tells systemd that this process serves, and then twice in each interval
// of its watchdog that it runs, if that has asked for it, until ctx ends.
func (a *app) keepNotified(ctx context.Context) {
	interval, err := daemon.SdWatchdogEnabled(false)
	os.Unsetenv("WATCHDOG_PID") // a process that replaces this one is watched in its place
	if err != nil {
		a.log.Warn("cannot serve systemd's watchdog", "err", err)
	}
	a.notify(ctx, daemon.SdNotifyReady)
	if interval <= 0 {
		return
	}
	tick := time.NewTicker(interval / 2)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			a.notify(ctx, daemon.SdNotifyWatchdog)
		case <-ctx.Done():
			return
		}
	}
}
