package main

import (
	"context"
	"net"
	"os"

	"millpond/server"
)

// serve runs the service until a signal comes and the drain is over, and returns the exit code.
func (a *app) serve(ln net.Listener, signals <-chan os.Signal) int {
	served := make(chan error, 1)
	go func() { served <- a.service.Serve(ln) }()
	select {
	case err := <-served:
		a.log.Error("cannot serve", "err", err)
		return exitFailed
	case sig := <-signals:
		a.log.Info("draining", "signal", sig.String(), "timeout", a.opts.DrainTimeout)
	}

	drained := make(chan error, 1)
	go func() {
		err := a.drain()
		<-served
		if err == nil {
			err = a.drain() // of those whom Serve has let in, if the signal came before it
		}
		drained <- err
	}()
	select {
	case err := <-drained:
		if err != nil {
			return exitFailed
		}
		a.log.Info("drained")
		return exitOK
	case sig := <-signals:
		a.log.Warn("ended at once", "signal", sig.String())
		return exitInterrupted
	}
}

// drain shuts the service down, and cuts what is left when the time is up.
func (a *app) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), a.opts.DrainTimeout)
	defer cancel()
	err := a.service.Shutdown(ctx)
	if err == nil {
		return nil
	}
	left := a.metrics.Stats()
	cut := left.Open() - left.Conns[server.StateClosing] // those have their answer
	a.log.Error("connections were cut", "connections", cut, "err", err)
	if err := a.service.Close(); err != nil {
		a.log.Error("close failed", "err", err)
	}
	return err
}
