package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"millpond/server"
)

// handOverTime is what a new process has to get ready.
const handOverTime = 10 * time.Second

var errTooLate = fmt.Errorf("%v are over", handOverTime)

// serve runs the service until a signal, or a new process that has taken over, ends it and the drain is over, and
// returns the exit code.
func (a *app) serve(s *sockets, signals <-chan os.Signal) int {
	ctx, cancel := context.WithCancel(context.Background())
	var background sync.WaitGroup
	defer background.Wait()
	defer cancel()

	served := make(chan error, 1)
	go func() { served <- a.service.Serve(s.main) }()
	background.Go(func() { a.keepNotified(ctx) })
	if err := s.tellPredecessor(); err != nil {
		a.log.Warn("cannot tell the process that this one replaces", "err", err)
	}

	var successor chan error // tells how a hand-over has ended; nil if none is under way
	for {
		select {
		case err := <-served:
			a.log.Error("cannot serve", "err", err)
			return exitFailed
		case err := <-successor:
			if err == nil {
				a.stopAside() // or it answered for the new process
				return a.end(served, signals)
			}
			a.log.Error("hand-over failed; this process goes on", "err", err)
			successor, s.handing = nil, false
		case sig := <-signals:
			switch {
			case sig != handOverSignal:
				a.log.Info("draining", "signal", sig.String(), "timeout", a.opts.DrainTimeout)
				cancel()
				a.notifyStopping()
				return a.end(served, signals)
			case successor != nil:
				a.log.Warn("a hand-over is under way already", "signal", sig.String())
			default:
				successor, s.handing = make(chan error, 1), true
				background.Go(func() { successor <- a.handOver(ctx, s) })
			}
		}
	}
}

// handOver starts the program anew, from the file it was started from, and returns when that serves in its place.
func (a *app) handOver(ctx context.Context, s *sockets) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	a.log.Info("handing over to a new process", "path", path)
	ctx, cancel := context.WithTimeoutCause(ctx, handOverTime, errTooLate)
	defer cancel()
	pid, err := s.handOver(ctx, path, os.Args[1:])
	if err != nil {
		return err
	}
	a.log.Info("handed over; draining", "pid", pid, "timeout", a.opts.DrainTimeout)
	ctx, cancel = context.WithTimeout(context.Background(), handOverTime) // this process serves, too, meanwhile
	defer cancel()
	a.notify(ctx, fmt.Sprintf("MAINPID=%d", pid))
	return nil
}

// echo is for how long another signal counts as the one that began the drain. Supervisors send it to a program and to
// its process group, which it is in, and a terminal does so beside them: timeout(1), npm, and foreman are such.
const echo = 250 * time.Millisecond

// end drains the service, unless a signal ends that, and returns the exit code.
func (a *app) end(served chan error, signals <-chan os.Signal) int {
	began := time.Now()
	drained := make(chan error, 1)
	go func() {
		err := a.drain()
		if err == nil {
			select {
			case err = <-served: // it has let in those who waited, if the signal came before it
				served <- err
			case <-time.After(a.opts.DrainTimeout):
			}
			err = a.drain() // of those
		}
		<-served
		drained <- err
	}()
	for {
		select {
		case err := <-drained:
			if err != nil {
				return exitFailed
			}
			a.log.Info("drained")
			return exitOK
		case sig := <-signals:
			if sig == handOverSignal || time.Since(began) < echo {
				continue // there is nothing to hand over any more, or nothing new
			}
			a.log.Warn("ended at once", "signal", sig.String())
			return exitInterrupted
		}
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
