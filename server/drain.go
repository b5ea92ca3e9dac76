package server

import (
	"context"
	"time"

	"millpond/server/internal/poll"
)

// drainGrace is how long an idle connection lives on after Shutdown has begun,
// so that a request already on its way is answered.
const drainGrace = time.Second

// Shutdown ends the server gracefully. From its call on, readiness is 503, and
// responses say Connection: close. Connections that wait in the kernel's
// backlog are still accepted, as far as MaxConns allows it and if the listener
// is one of those whose connections are parked without a goroutine; then the
// listeners close. Requests that are complete are answered; a head that is half
// sent has its timeout; an idle connection is closed after a second, so that a
// request already on its way to it is answered.
//
// Shutdown returns nil when no connection is left. When ctx ends first, it
// answers what is still queued with a 503 and returns the context's error: the
// caller decides with Close. It does not wait for hijacked connections.
func (s *Server) Shutdown(ctx context.Context) error {
	e, err := s.start()
	if err != nil {
		return nil // never served
	}
	e.stopAccepting(true)
	e.timers.shorten(stateNew, drainGrace)
	e.timers.shorten(stateIdle, drainGrace)
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
	e, err := s.start()
	if err != nil {
		return nil
	}
	e.stopAccepting(false)
	e.dropQueued()
	e.life.enter(phaseCutting)
	for _, c := range e.conns.all() {
		c.event(poll.Reset)
		c.Cut()
	}
	e.stop()
	return nil
}

// stopAccepting closes the door, and the listeners. Rest says to accept first
// what the kernel has already established.
func (e *engine) stopAccepting(rest bool) {
	e.life.enter(phaseDraining)
	e.life.stopMu.Lock()
	defer e.life.stopMu.Unlock()
	listeners := e.life.takeListeners()
	if listeners == nil {
		return
	}
	if rest && e.door != nil {
		e.door.acceptRest()
	}
	e.gate.shut(shutForGood)
	for l := range listeners {
		l.Close()
	}
	close(e.life.stopping)
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
	if e.door == nil {
		return
	}
	e.life.stopOnce.Do(func() {
		go func() {
			<-e.conns.whenEmpty()
			e.dropQueued()
			e.door.close()
		}()
	})
}
