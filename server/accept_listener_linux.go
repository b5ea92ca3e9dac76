package server

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"syscall"
	"time"

	"millpond/server/internal/poll"
)

// lookEvery is how often a listener is looked at: the kernel does not tell a
// poller that somebody has closed what it polls.
const lookEvery = 250 * time.Millisecond

// A listener is a socket that is accepted from in a pass of the poller.
type listener struct {
	net.Listener
	raw      syscall.RawConn
	poller   *poll.Poller
	local    net.Addr // nil if it listens on a wildcard address
	base     context.Context
	backlog  int // that it was opened with
	failures backoff

	// Guarded by polling.mu.
	index   int
	watched watching
	err     error         // why it has ended
	ended   chan struct{} // closed then
}

// watching is how a listener is polled.
type watching uint8

const (
	unwatched watching = iota
	knocks             // to know that there are connections: one event as long as nothing is done about it
	accepts            // to take them
)

// serve has the poller accept from l, if l is of a kind that it can poll. The
// connections never meet the runtime's poller.
func (p *polling) serve(l net.Listener, base context.Context, arrived func()) (ok bool, err error) {
	raw, ok := pollable(l)
	if !ok {
		return false, nil
	}
	pl, err := p.listen(l, raw, base)
	if err != nil {
		p.rest()
		return true, err
	}
	arrived()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-pl.ended:
			return true, pl.err
		case <-p.engine.life.stopping:
			p.end(pl, http.ErrServerClosed)
		case <-tick.C:
			p.look(pl)
			p.engine.keepMakingRoom()
		}
	}
}

// serveRest accepts what waits at l, and nothing that comes later.
func (p *polling) serveRest(l *onceListener, base func() context.Context) {
	raw, ok := pollable(l.Listener)
	if !ok {
		return
	}
	pl, err := p.listen(l.Listener, raw, base())
	if err != nil {
		return
	}
	p.engine.letIn(context.Background(), nil, []*onceListener{l}, func() (n int, all bool) {
		pl.poller.Exclusively(func() { n, all = p.acceptAll(pl.index, shutByCap|shutByFailure) })
		return n, all
	})
	p.end(pl, http.ErrServerClosed)
}

// pollable is the descriptor of l, if l is of a kind that can be polled.
func pollable(l net.Listener) (raw syscall.RawConn, ok bool) {
	switch l := l.(type) {
	case *net.TCPListener:
		raw, _ = l.SyscallConn()
	case *net.UnixListener:
		raw, _ = l.SyscallConn()
	}
	return raw, raw != nil
}

// exactAddr is addr if every connection of the listener has it as its own.
func exactAddr(addr net.Addr) net.Addr {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return nil
	}
	return addr
}

// listen adds l to the set. If it is there already, both who have added it have
// the same.
func (p *polling) listen(l net.Listener, raw syscall.RawConn, base context.Context) (*listener, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	index := len(p.listeners)
	for i, other := range p.listeners {
		switch {
		case other == nil:
			index = i
		case other.Listener == l:
			return other, nil
		}
	}
	if err := p.begin(); err != nil {
		return nil, err
	}
	pl := &listener{Listener: l, raw: raw, poller: p.poller.Load(), local: exactAddr(l.Addr()), base: base,
		backlog: math.MaxInt32, index: index, ended: make(chan struct{})}
	if b, ok := backlogOf(l); ok {
		pl.backlog = b.Limit
	}
	if err := p.follow(pl); err != nil {
		return nil, err
	}
	if index == len(p.listeners) {
		p.listeners = append(p.listeners, nil)
	}
	p.listeners[index] = pl
	return pl, nil
}

// gateMoved has the set watch the listeners as the gate says.
func (p *polling) gateMoved() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.listeners {
		if l != nil {
			p.follow(l)
		}
	}
}

// follow has the set watch l as the gate says: to accept while it is open, and
// else, if only MaxConns keeps it shut, to know whether others want to come in.
// It is called with mu held.
func (p *polling) follow(l *listener) error {
	switch p.engine.gate.reasons.Load() {
	case 0:
		return p.watch(l, accepts)
	case shutByCap:
		return p.watch(l, knocks)
	}
	return p.watch(l, unwatched)
}

// watch takes l out of the set and adds it anew. To mask it instead would lose
// connections: a listener that was reported stays in the list of what is ready
// until the next pass, and when it is unmasked before that, the kernel tells
// nobody.
func (p *polling) watch(l *listener, as watching) error {
	if as == l.watched {
		return nil
	}
	was := l.watched
	l.watched = as
	var failed error
	err := l.raw.Control(func(fd uintptr) {
		if was != unwatched {
			failed = l.poller.Unwatch(int(fd))
		}
		if as != unwatched && failed == nil {
			failed = l.poller.Watch(int(fd), uint32(l.index), as == knocks)
		}
	})
	return errors.Join(err, failed)
}

// checkListeners looks at all listeners.
func (p *polling) checkListeners() {
	p.mu.Lock()
	all := append([]*listener(nil), p.listeners...)
	p.mu.Unlock()
	for _, l := range all {
		if l != nil {
			p.look(l)
		}
	}
}

// look ends accepting from l if somebody has closed it.
func (p *polling) look(l *listener) {
	if l.raw.Control(func(uintptr) {}) != nil {
		p.end(l, &net.OpError{Op: "accept", Net: l.Addr().Network(), Addr: l.Addr(), Err: net.ErrClosed})
	}
}

// end ends accepting from l, for the first reason given.
func (p *polling) end(l *listener, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.err != nil {
		return
	}
	p.watch(l, unwatched)
	l.err = err
	p.listeners[l.index] = nil
	close(l.ended)
	if !p.hasListeners() {
		go func() {
			<-p.engine.conns.whenEmpty()
			p.rest()
		}()
	}
}
