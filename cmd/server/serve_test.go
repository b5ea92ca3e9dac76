package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// lingering is a service that drains until it is let go.
type lingering chan struct{}

func (lingering) Serve(net.Listener) error         { return nil }
func (s lingering) Shutdown(context.Context) error { <-s; return nil }
func (lingering) Close() error                     { return nil }

// What sends a signal to a program and to its process group costs no request; who asks again, a moment later, is heard.
func TestSignalsThatComeTogetherAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := make(lingering)
		opts := &options{}
		opts.DrainTimeout = time.Minute
		a := &app{opts: opts, service: service, log: slog.New(slog.DiscardHandler)}
		signals, served, code := make(chan os.Signal, 2), make(chan error, 1), make(chan int, 1)
		served <- nil
		go func() { code <- a.end(served, signals) }()

		signals <- os.Interrupt
		signals <- syscall.SIGTERM
		time.Sleep(echo)
		synctest.Wait()
		select {
		case code := <-code:
			t.Fatalf("ended at once, with %d", code)
		default:
		}
		signals <- os.Interrupt
		if code := <-code; code != exitInterrupted {
			t.Errorf("exit code %d, want %d", code, exitInterrupted)
		}
		close(service)
	})
}
