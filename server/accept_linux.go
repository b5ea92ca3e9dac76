package server

import (
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"millpond/server/internal/poll"
)

// acceptBatch bounds the connections that one pass accepts from a listener.
const acceptBatch = 64

// A polling is what an engine has of a poller: the connections that it wakes,
// and the listeners that it accepts from.
type polling struct {
	engine *engine
	poller atomic.Pointer[poll.Poller] // nil while there is nothing to poll; changed with mu held

	budget acceptBudget // in a pass

	mu        sync.Mutex
	listeners []*listener // nil where one has ended
}

func newAcceptor(e *engine) acceptor { return &polling{engine: e} }

func (p *polling) beforeTask() {
	if poller := p.poller.Load(); poller != nil {
		poller.BeforeTask()
	}
}

// begin makes the poller, unless there is one. It is called with mu held.
func (p *polling) begin() error {
	if p.poller.Load() != nil {
		return nil
	}
	poller, err := poll.NewPoller(p.ready)
	if err != nil {
		return err
	}
	p.poller.Store(poller)
	go poller.Run()
	return nil
}

// rest ends the poller if there is nothing to poll.
func (p *polling) rest() {
	if poller := p.takeIdle(); poller != nil {
		poller.Close() // with mu held, it could wait for a pass that wants that
	}
}

func (p *polling) takeIdle() *poll.Poller {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hasListeners() || p.engine.conns.size() > 0 {
		return nil
	}
	return p.poller.Swap(nil)
}

func (p *polling) hasListeners() bool {
	return slices.ContainsFunc(p.listeners, func(l *listener) bool { return l != nil })
}

// ready handles an event.
func (p *polling) ready(tag poll.Tag, signals poll.Signals) {
	if tag.Generation == 0 {
		p.knock(int(tag.Index))
	} else if c := p.engine.conns.get(tag); c != nil {
		c.event(signals)
	}
}

// knock handles that connections wait at a listener.
func (p *polling) knock(index int) {
	if e := p.engine; e.gate.reasons.Load() == shutByCap {
		e.makeRoom()
		return
	}
	p.accept(index, ^uint32(0), &p.budget)
}

// A halt is why accepting from a listener has stopped.
type halt uint8

const (
	haltNobody halt = iota // nobody waits
	haltBatch              // others must have their turn
	haltShut               // the gate is shut, or the budget spent
)

// accept takes connections from the listener with that index, until there are
// none, the gate shuts for one of reasons, the budget is spent or the batch is
// full, and returns how many it has accepted. It is called in a pass, or in place
// of one.
func (p *polling) accept(index int, reasons uint32, budget *acceptBudget) (n int, why halt) {
	p.mu.Lock()
	l := p.listeners[index]
	p.mu.Unlock()
	if l == nil {
		return 0, haltNobody
	}
	l.raw.Control(func(fd uintptr) {
		for range acceptBatch {
			if p.engine.gate.isShut(reasons) || budget != nil && !budget.allows(p.engine.now()) {
				why = haltShut
				return
			}
			accepted, more := p.acceptOne(l, int(fd))
			if n += accepted; !more {
				return
			}
		}
		why = haltBatch
	})
	return n, why
}

// acceptRest accepts all that the kernel has established so far, as far as
// there may be connections, and reports whether that was all. A full queue is no
// reason to refuse them.
func (p *polling) acceptRest() (n int, all bool) {
	p.mu.Lock()
	listeners := len(p.listeners)
	poller := p.poller.Load()
	p.mu.Unlock()
	all = true
	if poller != nil {
		poller.Exclusively(func() {
			for i := range listeners {
				accepted, none := p.acceptAll(i, shutByCap|shutByFailure|shutForGood)
				n, all = n+accepted, all && none
			}
		})
	}
	return n, all
}

// acceptAll accepts whoever waits at the listener with that index, unless the
// gate shuts, and reports whether that was all.
func (p *polling) acceptAll(index int, reasons uint32) (n int, all bool) {
	for {
		accepted, why := p.accept(index, reasons, nil)
		n += accepted
		if why != haltBatch {
			return n, why == haltNobody
		}
	}
}

// acceptOne accepts one connection, or none, and reports whether to go on.
func (p *polling) acceptOne(l *listener, fd int) (n int, more bool) {
	nfd, remote, err := unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	switch {
	case err == unix.EAGAIN:
		return 0, false
	case err != nil:
		if !p.engine.acceptFailed(err, &l.failures) {
			p.end(l, os.NewSyscallError("accept4", err))
			return 0, false
		}
		return 0, true
	}
	l.failures.reset()
	p.welcome(l, nfd, remote)
	return 1, true
}

// A polledConn is a connection and its link in one piece, so that there are fewer
// cache lines of it.
type polledConn struct {
	conn
	socket poll.Socket
}

// welcome starts a new connection.
func (p *polling) welcome(l *listener, fd int, remote unix.Sockaddr) {
	polled := new(polledConn)
	c := &polled.conn
	defer c.survive()
	c.begin(p.engine, l.base)
	polled.socket.Begin(l.poller, &c.parking, fd, l.local, remote)
	c.Link = &polled.socket
	p.engine.enroll(c)
	if err := polled.socket.Register(c.slot); err != nil {
		p.engine.log.Error("cannot watch a connection; it is closed", "err", err)
		c.close(CloseCut)
		return
	}
	c.drive()
}
