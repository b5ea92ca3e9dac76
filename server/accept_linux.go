package server

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"millpond/server/internal/poll"
)

// acceptBatch bounds the connections that one pass accepts from a listener.
const acceptBatch = 64

// A polling is what an engine has of a poller: the connections that it wakes,
// and the listeners that it accepts from.
type polling struct {
	engine *engine
	poller *poll.Poller

	budget acceptBudget // in a pass

	mu        sync.Mutex
	listeners []*listener
}

func newDoor(e *engine) (door, error) {
	p := &polling{engine: e}
	var err error
	p.poller, err = poll.NewPoller(p.ready)
	return p, err
}

func (p *polling) beforeTask() { p.poller.BeforeTask() }
func (p *polling) close()      { p.poller.Close() }

// ready handles an event.
func (p *polling) ready(tag poll.Tag, signals poll.Signals) {
	if tag.Generation == 0 {
		p.accept(int(tag.Index), ^uint32(0))
	} else if c := p.engine.conns.get(tag); c != nil {
		c.event(signals)
	}
}

// A listener is a socket that is accepted from in a pass of the poller. It is
// watched while the gate is open.
type listener struct {
	raw      syscall.RawConn
	local    net.Addr // nil if it listens on a wildcard address
	base     context.Context
	backlog  int // that it was opened with
	failures backoff
	watched  bool       // guarded by polling.mu
	done     chan error // the error that ends accepting from it
}

// serve has the poller accept from l, if l is of a kind that it can poll. The
// connections never meet the runtime's poller.
func (p *polling) serve(l net.Listener, base context.Context) (ok bool, err error) {
	sc, ok := l.(syscall.Conn)
	if !ok || !isPollable(l) {
		return false, nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true, err
	}
	pl := &listener{raw: raw, local: exactAddr(l.Addr()), base: base, done: make(chan error, 1), backlog: math.MaxInt32}
	if b, ok := backlogOf(l); ok {
		pl.backlog = b.Limit
	}
	if err := p.listen(pl); err != nil {
		return true, err
	}
	select {
	case err := <-pl.done:
		return true, err
	case <-p.engine.life.stopping:
		return true, http.ErrServerClosed
	}
}

func isPollable(l net.Listener) bool {
	switch l.(type) {
	case *net.TCPListener, *net.UnixListener:
		return true
	}
	return false
}

// exactAddr is addr if every connection of the listener has it as its own.
func exactAddr(addr net.Addr) net.Addr {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return nil
	}
	return addr
}

// listen adds l to the set, and with the first one begins to poll.
func (p *polling) listen(l *listener) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.listeners) == 0 {
		go p.poller.Run()
	}
	p.listeners = append(p.listeners, l)
	return p.follow(len(p.listeners) - 1)
}

// gateMoved has the set watch the listeners while the gate is open.
func (p *polling) gateMoved() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.listeners {
		p.follow(i)
	}
}

// follow adds the listener with that index to the set, or removes it, as the
// gate says. To mask it instead would lose connections: a listener that was
// reported stays in the list of what is ready until the next pass, and when it
// is unmasked before that, the kernel tells nobody. It is called with
// mu held.
func (p *polling) follow(index int) error {
	l := p.listeners[index]
	open := !p.engine.gate.isShut(^uint32(0))
	if open == l.watched {
		return nil
	}
	l.watched = open
	var failed error
	err := l.raw.Control(func(fd uintptr) {
		if open {
			failed = p.poller.Watch(int(fd), uint32(index))
		} else {
			failed = p.poller.Unwatch(int(fd))
		}
	})
	return errors.Join(err, failed)
}

// accept takes connections from the listener with that index, until there are
// none, the gate shuts for one of reasons or, which it reports, the batch is
// full. It is called in a pass, or in place of one.
func (p *polling) accept(index int, reasons uint32) (more bool) {
	p.mu.Lock()
	l := p.listeners[index]
	p.mu.Unlock()
	l.raw.Control(func(fd uintptr) {
		for range acceptBatch {
			if p.engine.gate.isShut(reasons) || !p.budget.allows(p.engine.now()) || !p.acceptOne(l, int(fd)) {
				return
			}
		}
		more = true
	})
	return more
}

// acceptRest accepts all that the kernel has established so far, as far as
// there may be connections. A full queue is no reason to refuse them.
func (p *polling) acceptRest() {
	p.mu.Lock()
	n := len(p.listeners)
	p.mu.Unlock()
	p.poller.Exclusively(func() {
		for i := range n {
			for p.accept(i, shutByCap|shutByFailure|shutForGood) {
			}
		}
	})
}

func (p *polling) acceptOne(l *listener, fd int) (more bool) {
	nfd, remote, err := unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	switch {
	case err == unix.EAGAIN:
		return false
	case err != nil:
		if !p.engine.acceptFailed(err, &l.failures) {
			l.fail(os.NewSyscallError("accept4", err))
			return false
		}
		return true
	}
	l.failures.reset()
	p.welcome(l, nfd, remote)
	return true
}

// fail ends accepting from l, for the first reason given.
func (l *listener) fail(err error) {
	select {
	case l.done <- err:
	default:
	}
}

// welcome starts a new connection.
func (p *polling) welcome(l *listener, fd int, remote unix.Sockaddr) {
	c := p.engine.newConn(l.base)
	defer c.survive()
	socket := poll.NewSocket(p.poller, &c.parking, fd, l.local, remote)
	c.Link = socket
	p.engine.enroll(c)
	if err := socket.Register(c.slot); err != nil {
		p.engine.log.Error("cannot watch a connection; it is closed", "error", err)
		c.close(CloseCut)
		return
	}
	c.drive()
}
