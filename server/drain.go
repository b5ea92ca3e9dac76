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

// handshakeTime is for those whose handshake is under way when no more are let in:
// a round trip, as it is between most clients and their server.
const handshakeTime = 100 * time.Millisecond

// Shutdown ends the server gracefully. From its call on, readiness is 503, and
// responses say Connection: close. Connections that wait in the kernel's
// backlog are still accepted, as MaxConns allows it and if the listener is one
// of those whose connections are parked without a goroutine; then the listeners
// close. Who would connect meanwhile is refused where Exclusive says so. Requests
// that are complete are answered; a head that is half sent has its timeout; an idle
// connection is closed after a second, and a new one after five, so that a request
// already on its way to it is answered.
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
	e.endAccepting(ctx)
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

// endAccepting lets in who has begun to come in, and then stops accepting.
func (e *engine) endAccepting(ctx context.Context) {
	listeners, first := e.life.closeList()
	if !first { // somebody else does it
		select {
		case <-e.life.stopping:
		case <-ctx.Done():
		}
		return
	}
	e.life.awaitArrivals(ctx)
	e.letIn(ctx, e.life.stopping, listeners, e.acceptor.acceptRest)
	e.stopAccepting()
}

// letIn has accept take what the kernel has established so far at the listeners,
// which says how many that were, and whether all. Where MaxConns are open, it waits
// for some to leave. It ends with ctx or stop at the latest.
func (e *engine) letIn(ctx context.Context, stop <-chan struct{}, listeners []*onceListener, accept func() (n int, all bool)) {
	defer e.life.roomCame() // for others who wait for it
	if e.refuseMore(listeners) {
		select {
		case <-time.After(handshakeTime):
		case <-stop:
		case <-ctx.Done():
		}
	}
	left := 0
	for _, l := range listeners {
		b, _ := backlogOf(l.Listener)
		left += b.Length
	}
	for {
		n, all := accept()
		if left -= n; all || left <= 0 {
			return
		}
		select {
		case <-e.life.room:
		case <-stop:
			return
		case <-ctx.Done():
			return
		}
	}
}

// refuseMore has nobody connect any more to those of the listeners that no other
// process has, and reports whether there are any: between the last accept and the
// close, the kernel would establish connections that the close resets.
func (e *engine) refuseMore(listeners []*onceListener) (refused bool) {
	for _, l := range listeners {
		alone := l.ours
		if e.exclusive != nil {
			alone = e.exclusive(l.Listener)
		}
		refused = alone && closeToNew(l.Listener) || refused
	}
	return refused
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
	if !e.life.stop() {
		return
	}
	go func() {
		e.life.serving.Wait() // one that came too late has let some in, perhaps
		<-e.conns.whenEmpty()
		e.dropQueued()
		e.acceptor.rest()
	}()
}
