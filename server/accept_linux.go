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

// rest ends the poller if there is nothing to poll. It is not called in a pass.
func (p *polling) rest() {
	poller := p.poller.Load()
	if poller == nil {
		return
	}
	idle := false
	poller.Exclusively(func() { idle = p.abandon(poller) }) // a pass may just have accepted
	if idle {
		poller.Close() // with mu held, it could wait for a pass that wants that
	}
}

// abandon lets go of a poller that has nothing to poll, and reports whether it was
// the first to do so.
func (p *polling) abandon(poller *poll.Poller) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.hasListeners() && p.engine.conns.size() == 0 && p.poller.CompareAndSwap(poller, nil)
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
	for range acceptBatch {
		if p.engine.gate.isShut(reasons) || budget != nil && !budget.allows(p.engine.now()) {
			return n, haltShut
		}
		c, more := p.acceptOne(l)
		if c != nil {
			p.welcome(c)
			n++
		}
		if !more {
			return n, haltNobody
		}
	}
	return n, haltBatch
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

// A polledConn is a connection and its link in one piece, so that there are fewer
// cache lines of it.
type polledConn struct {
	conn
	socket poll.Socket
}

// acceptOne accepts one connection, or none, and reports whether to go on. It is
// listed before whoever closes the listener goes on; what hooks do comes after that,
// as they may close it.
func (p *polling) acceptOne(l *listener) (c *polledConn, more bool) {
	err := unix.EAGAIN // also if l is closed
	l.raw.Control(func(fd uintptr) {
		nfd, remote, failed := unix.Accept4(int(fd), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err, _ = failed.(unix.Errno); failed != nil {
			return
		}
		c = new(polledConn)
		c.begin(p.engine, l.base)
		c.socket.Begin(l.poller, &c.parking, nfd, l.local, remote)
		c.Link = &c.socket
		c.list()
	})
	switch {
	case c != nil:
		l.failures.reset()
		return c, true
	case err == unix.EAGAIN:
		return nil, false
	case !p.engine.acceptFailed(err, &l.failures):
		p.end(l, os.NewSyscallError("accept4", err))
		return nil, false
	}
	return nil, true
}

// welcome starts a new connection.
func (p *polling) welcome(c *polledConn) {
	defer c.survive()
	p.engine.enroll(&c.conn)
	if err := c.socket.Register(c.slot); err != nil {
		p.engine.log.Error("cannot watch a connection; it is closed", "err", err)
		c.close(CloseCut)
		return
	}
	c.drive()
}
