package server

import (
	"context"
	"time"

	"millpond/server/internal/poll"
)

// Connections without a request live on for a while after Shutdown has begun,
// so that one already on its way is answered.
const (
	newGrace   = 5 * time.Second // as net/http has it
	drainGrace = time.Second     // if it is idle
)

// Shutdown ends the server gracefully. From its call on, readiness is 503, and
// responses say Connection: close. Connections that wait in the kernel's
// backlog are still accepted, as far as MaxConns allows it and if the listener
// is one of those whose connections are parked without a goroutine; then the
// listeners close. Requests that are complete are answered; a head that is half
// sent has its timeout; an idle connection is closed after a second, and a new
// one after five, so that a request already on its way to it is answered.
//
// Shutdown returns nil when no connection is left. When ctx ends first, it
// answers what is still queued with a 503 and returns the context's error: the
// caller decides with Close. It does not wait for hijacked connections.
//
// A Serve that comes after Shutdown serves the connections that wait for it, and
// no others: Shutdown can be called again to wait for those.
func (s *Server) Shutdown(ctx context.Context) error {
	e := s.end(phaseDraining)
	if e == nil {
		return nil
	}
	e.timers.shorten(stateNew, newGrace)
	e.timers.shorten(stateIdle, drainGrace)
	s.awaitArrivals(ctx)
	e.acceptRest(ctx)
	e.stopAccepting()
	defer e.logs.flush()
	select {
	case <-e.conns.whenEmpty():
		e.stop()
		return nil
	case <-ctx.Done():
		e.dropQueued()
		return ctx.Err()
	}
}

// Close ends the server at once: it closes the listeners, answers what is
// queued with a 503, and cuts every other connection, busy or not. Handlers
// see their request's context end and their reads and writes fail.
func (s *Server) Close() error {
	e := s.end(phaseCutting)
	if e == nil {
		return nil
	}
	defer e.logs.flush()
	e.stopAccepting()
	e.dropQueued()
	e.life.enter(phaseCutting)
	for _, c := range e.conns.all() {
		c.event(poll.Reset)
		c.Cut()
	}
	e.stop()
	return nil
}

// stopAccepting shuts the gate for good, and closes the listeners.
func (e *engine) stopAccepting() {
	listeners := e.life.takeListeners()
	if listeners == nil {
		<-e.life.stopping // somebody else does it
		return
	}
	e.gate.shut(shutForGood)
	for l := range listeners {
		l.Close()
	}
	close(e.life.stopping)
}

// acceptRest accepts what the kernel has established so far. Where MaxConns are
// open, it waits for some to leave.
func (e *engine) acceptRest(ctx context.Context) {
	var enough uint64
	for _, b := range backlogs(&e.life) {
		enough += uint64(b.Length)
	}
	enough += e.counters.accepted.Load() // read last: rather some too many
	for !e.acceptor.acceptRest() && e.counters.accepted.Load() < enough {
		select {
		case <-e.life.room:
		case <-e.life.stopping:
			return
		case <-ctx.Done():
			return
		}
	}
}

// dropQueued sheds what no worker has begun, and refuses the rest.
func (e *engine) dropQueued() {
	if e.pools.work == nil {
		return
	}
	atOnce, cancel := context.WithCancel(context.Background())
	cancel()
	e.pools.work.Close(atOnce)
	e.pools.control.Close(atOnce)
}

// stop ends what works in the background, once no connection needs it.
func (e *engine) stop() {
	if e.life.stopped.Swap(true) {
		return
	}
	go func() {
		<-e.conns.whenEmpty()
		e.dropQueued()
		e.acceptor.rest()
	}()
}
