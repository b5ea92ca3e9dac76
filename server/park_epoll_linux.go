package server

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// passEvents bounds a pass, so that a worker that polls before it works
	// gets to work.
	passEvents = 128

	// passEvery is how long ago a pass must be for a worker to run one. It
	// bounds how long handlers that hog the CPU can keep the door shut, at
	// the price of one system call in that time.
	passEvery = 500 * time.Microsecond

	sockEvents = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET
)

// A poller waits for events on parked and busy connections, and accepts new
// ones, for all sockets of an engine. Its own goroutine waits through the
// runtime's poller, so that no thread sleeps in epoll_wait; workers run a pass
// too, between requests, because under load that goroutine waits for its turn
// behind handlers.
type poller struct {
	engine *engine
	file   *os.File // the epoll descriptor, nonblocking
	fd     int
	last   atomic.Int64 // when the last pass began, on the engine's clock

	mu     sync.Mutex // held by whoever runs a pass; guards what follows
	events [passEvents]unix.EpollEvent
	closed bool

	listenersMu sync.Mutex
	listeners   []*listener
}

func newPoller(e *engine) (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	return &poller{engine: e, fd: fd, file: os.NewFile(uintptr(fd), "epoll")}, nil
}

// run polls until the poller is closed.
func (p *poller) run() {
	raw, err := p.file.SyscallConn()
	if err != nil {
		return // closed already
	}
	raw.Read(func(uintptr) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for p.pass() == passEvents {
			// A full pass may have left events behind.
		}
		return false // wait for the next event
	})
}

// close makes run return. No connection may be left.
func (p *poller) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.file.Close() // waits for run, which wants the lock
}

// beforeTask runs a pass on a worker that is between two requests, if none has
// run lately and nobody else runs one now. Then it lets others have a turn: a
// worker that always finds a next task would keep a collection from its end on
// a lone processor, and as long as it lasts every allocation costs more.
func (p *poller) beforeTask() {
	if p.engine.now()-time.Duration(p.last.Load()) >= passEvery && p.tryPass() {
		runtime.Gosched()
	}
}

// tryPass runs a pass unless somebody does already, and reports whether it did.
func (p *poller) tryPass() bool {
	if !p.mu.TryLock() {
		return false
	}
	defer p.mu.Unlock()
	p.pass()
	return true
}

// pass handles the events that are there, and returns how many there were.
// p.mu is held.
func (p *poller) pass() int {
	if p.closed {
		return 0
	}
	p.last.Store(int64(p.engine.now()))
	n, err := unix.EpollWait(p.fd, p.events[:], 0)
	if err != nil {
		return 0 // EINTR: the next pass finds the events
	}
	for i := range p.events[:n] {
		ev := &p.events[i]
		s := slot{index: uint32(ev.Fd), generation: uint32(ev.Pad)}
		if s.generation == 0 {
			p.accept(int(s.index), ^uint32(0))
		} else if c := p.engine.conns.get(s); c != nil {
			c.event(marksOf(ev.Events))
		}
	}
	return n
}

// marksOf translates events. A hang-up ends both directions, so that whoever
// waits for either must look.
func marksOf(events uint32) uint32 {
	var marks uint32
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP) != 0 {
		marks |= readable
	}
	if events&unix.EPOLLOUT != 0 {
		marks |= writable
	}
	if events&unix.EPOLLRDHUP != 0 {
		marks |= halfShut
	}
	if events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		marks |= readable | writable | reset
	}
	return marks
}

// add makes the descriptor of s part of the set, for good: it is registered
// once, edge-triggered.
func (p *poller) add(s *sock) error {
	return p.control(unix.EPOLL_CTL_ADD, s.fd, sockEvents, s.conn.slot)
}

// poke has the set look at s again, and report its room for output.
func (p *poller) poke(s *sock) {
	p.control(unix.EPOLL_CTL_MOD, s.fd, sockEvents, s.conn.slot)
}

func (p *poller) remove(s *sock) {
	p.control(unix.EPOLL_CTL_DEL, s.fd, 0, slot{})
}

// control tags the descriptor with a slot, never with its own number, which
// another connection may have by the time that an event is handled.
func (p *poller) control(op, fd int, events uint32, tag slot) error {
	ev := unix.EpollEvent{Events: events, Fd: int32(tag.index), Pad: int32(tag.generation)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.fd, op, fd, &ev))
}
