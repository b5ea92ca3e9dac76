package main

import (
	"context"
	"os"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// notify tells systemd of a state, if that has asked for it (sd_notify(3)).
func (a *app) notify(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		a.log.Warn("cannot notify systemd", "state", state, "err", err)
	}
}

// watchdog tells systemd twice in each interval that this process runs, if that
// has asked for it, until ctx ends.
func (a *app) watchdog(ctx context.Context) {
	interval, err := daemon.SdWatchdogEnabled(false)
	os.Unsetenv("WATCHDOG_PID") // a process that replaces this one is watched in its place
	if err != nil {
		a.log.Warn("cannot serve systemd's watchdog", "err", err)
	}
	if interval <= 0 {
		return
	}
	tick := time.NewTicker(interval / 2)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			a.notify(daemon.SdNotifyWatchdog)
		case <-ctx.Done():
			return
		}
	}
}
