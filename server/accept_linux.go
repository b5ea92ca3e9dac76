package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// acceptBatch bounds the connections that one pass accepts from a listener.
const acceptBatch = 64

// A listener is a socket that the poller accepts from. It stays in the epoll
// set, level-triggered, and is masked while the gate is shut.
type listener struct {
	raw      syscall.RawConn
	local    net.Addr // nil if it listens on a wildcard address
	base     context.Context
	failures backoff
	done     chan error // the error that ends accepting from it
}

// servePolled has the poller accept from l, if l is of a kind that it can
// poll. The connections never meet the runtime's poller.
func (e *engine) servePolled(l net.Listener, base context.Context) (ok bool, err error) {
	sc, ok := l.(syscall.Conn)
	if !ok || !isPollable(l) {
		return false, nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true, err
	}
	pl := &listener{raw: raw, local: exactAddr(l.Addr()), base: base, done: make(chan error, 1)}
	if err := e.poller.listen(pl); err != nil {
		return true, err
	}
	select {
	case err := <-pl.done:
		return true, err
	case <-e.stopping:
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
func (p *poller) listen(l *listener) error {
	p.listenersMu.Lock()
	defer p.listenersMu.Unlock()
	if len(p.listeners) == 0 {
		go p.run()
	}
	tag := slot{index: uint32(len(p.listeners))}
	p.listeners = append(p.listeners, l)
	var failed error
	err := l.raw.Control(func(fd uintptr) {
		failed = p.control(unix.EPOLL_CTL_ADD, int(fd), p.listenerEvents(), tag)
	})
	return errors.Join(err, failed)
}

func (p *poller) listenerEvents() uint32 {
	if p.engine.gate.isShut(^uint32(0)) {
		return 0
	}
	return unix.EPOLLIN
}

// gateMoved masks or unmasks the listeners.
func (p *poller) gateMoved() {
	p.listenersMu.Lock()
	defer p.listenersMu.Unlock()
	for i, l := range p.listeners {
		l.raw.Control(func(fd uintptr) {
			p.control(unix.EPOLL_CTL_MOD, int(fd), p.listenerEvents(), slot{index: uint32(i)})
		})
	}
}

// accept takes connections from the listener with that index, until there are
// none, the gate shuts for one of reasons or, which it reports, the batch is
// full. p.mu is held.
func (p *poller) accept(index int, reasons uint32) (more bool) {
	p.listenersMu.Lock()
	l := p.listeners[index]
	p.listenersMu.Unlock()
	l.raw.Control(func(fd uintptr) {
		for range acceptBatch {
			if p.engine.gate.isShut(reasons) || !p.acceptOne(l, int(fd)) {
				return
			}
		}
		more = true
	})
	return more
}

// acceptRest accepts all that the kernel has established so far, as far as
// there may be connections. A full queue is no reason to refuse them.
func (p *poller) acceptRest() {
	p.listenersMu.Lock()
	n := len(p.listeners)
	p.listenersMu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range n {
		for p.accept(i, shutByCap|shutByFailure|shutForGood) {
		}
	}
}

func (p *poller) acceptOne(l *listener, fd int) (more bool) {
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

// welcome parks a new connection. Its options are set on itself: from a
// listener of package net, which speaks MPTCP, it inherits none.
func (p *poller) welcome(l *listener, fd int, remote unix.Sockaddr) {
	if _, local := remote.(*unix.SockaddrUnix); !local {
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	}
	c := p.engine.newConn(l.base)
	s := &sock{conn: c, poll: p, fd: fd, local: l.local, remote: remote}
	c.link = s
	p.engine.admit(c)
	if err := p.add(s); err != nil {
		p.engine.set.log.Error("cannot watch a connection", "error", err)
		c.close(CloseCut)
		return
	}
	if !c.park(0) {
		c.wake()
	}
}

// backlogOf reads how many connections wait for l in the kernel, and how many
// may: for a listening socket, TCP_INFO gives these two as unacked and sacked.
func backlogOf(l net.Listener) (b Backlog, ok bool) {
	tcp, isTCP := l.(*net.TCPListener)
	if !isTCP {
		return b, false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return b, false
	}
	raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if ok = err == nil; ok {
			b = Backlog{Listener: l.Addr().String(), Length: int(info.Unacked), Limit: int(info.Sacked)}
		}
	})
	return b, ok
}
