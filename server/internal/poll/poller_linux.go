package poll

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
	// bounds how long handlers that hog the CPU can keep the server from
	// accepting, at the price of one system call in that time.
	passEvery = 500 * time.Microsecond

	// tellEvery is how often the scheduler is told of work at most. It is as long
	// as the slice of the processor that a goroutine gets from it.
	tellEvery = 10 * time.Millisecond

	// deepPasses is how many passes a worker runs at most under overload.
	deepPasses = 8

	socketEvents = unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET
)

// A Poller waits for events on sockets and listeners. Its own goroutine waits
// through the runtime's poller, so that no thread sleeps in epoll_wait; workers
// run a pass too, between requests, because under load that goroutine waits for
// its turn after handlers.
type Poller struct {
	start time.Time
	ready func(Tag, Signals)
	file  *os.File // the epoll descriptor, nonblocking
	fd    int
	last  atomic.Int64 // when the last pass began, since start
	deep  atomic.Bool  // a worker's look goes on while passes are full

	told   atomic.Int64 // when the scheduler was told of work, since start
	due    atomic.Int64 // when recall has it look again
	recall *time.Timer

	mu     sync.Mutex // held by whoever runs a pass; guards what follows
	events [passEvents]unix.EpollEvent
	closed bool
}

// NewPoller returns a poller that calls ready, from one goroutine at a time,
// with each event: Readable alone for a listener.
func NewPoller(ready func(Tag, Signals)) (*Poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &Poller{start: time.Now(), ready: ready, fd: fd, file: os.NewFile(uintptr(fd), "epoll"), recall: time.AfterFunc(tellEvery, func() {})}
	p.told.Store(-int64(tellEvery))
	return p, nil
}

func (p *Poller) now() time.Duration { return time.Since(p.start) }

// Run polls until the poller is closed.
func (p *Poller) Run() {
	raw, err := p.file.SyscallConn()
	if err != nil {
		return // closed already
	}
	raw.Read(func(uintptr) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for p.pass() == passEvents {
			// A full pass may have left events over.
		}
		return false // wait for the next event
	})
}

// Tell has the scheduler interrupt what runs from now on if it hogs the processor:
// a request that a worker takes, or a handler that has waited for its client.
//
// The scheduler's thread for that sleeps while there is nothing to do, until it is
// told of a system call that may block or a timer is due. To wake it takes longer
// than to refuse a request. So a pass, which makes no such call, does not; it is
// told of work, once in tellEvery, and of a timer that has it look again at the end
// of that if there was more: a handler that begins in between keeps the processor by
// so much longer at most.
func (p *Poller) Tell() { p.tell(p.now(), wakeScheduler) }

func (p *Poller) tell(now time.Duration, wake func()) {
	told := p.told.Load()
	again := told + int64(tellEvery)
	switch {
	case int64(now) >= again:
		if p.told.CompareAndSwap(told, int64(now)) {
			wake()
		}
	case p.due.Load() != again && p.due.Swap(again) != again:
		p.recall.Reset(time.Duration(again) - now)
		wake() // who sleeps does so until the first timer that there was before
	}
}

// Close makes Run return. No connection may be left.
func (p *Poller) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.file.Close() // waits for Run, which wants the lock
}

// BeforeTask runs a pass on a worker that is between two requests, if none has
// run lately and nobody else runs one now. Then it lets others have a turn: a
// worker that always finds a next task would keep a collection from its end on
// a lone processor, and as long as it lasts every allocation costs more.
func (p *Poller) BeforeTask() {
	now := p.now()
	p.tell(now, wakeScheduler)
	if now-time.Duration(p.last.Load()) >= passEvery && p.tryPass() {
		runtime.Gosched()
	}
}

// tryPass runs a pass unless somebody does already, and reports whether it did.
func (p *Poller) tryPass() bool {
	if !p.mu.TryLock() {
		return false
	}
	defer p.mu.Unlock()
	for n := 1; p.pass() == passEvents && p.deep.Load() && n < deepPasses; n++ {
	}
	return true
}

// Deep has a worker that polls run up to eight passes instead of one, as long as
// they are full: under overload the queue must not hide in the kernel.
func (p *Poller) Deep(on bool) { p.deep.Store(on) }

// Exclusively calls f while no pass runs.
func (p *Poller) Exclusively(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// pass handles the events that are there, and returns how many there were.
// p.mu is held.
func (p *Poller) pass() int {
	if p.closed {
		return 0
	}
	p.last.Store(int64(p.now()))
	n := peek(p.fd, p.events[:])
	for i := range p.events[:n] {
		ev := &p.events[i]
		p.ready(Tag{Index: uint32(ev.Fd), Generation: uint32(ev.Pad)}, signalsOf(ev.Events))
	}
	return n
}

// signalsOf translates events. A hang-up ends both directions, so that whoever
// waits for either must look.
func signalsOf(events uint32) (s Signals) {
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP) != 0 {
		s |= Readable
	}
	if events&unix.EPOLLOUT != 0 {
		s |= Writable
	}
	if events&unix.EPOLLRDHUP != 0 {
		s |= HalfClosed
	}
	if events&(unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		s |= Readable | Writable | Reset
	}
	return s
}

// Watch makes the listener fd part of the set, with the index as its tag. Once
// says to tell of connections that wait when they come, and not for as long as
// they do.
func (p *Poller) Watch(fd int, index uint32, once bool) error {
	var events uint32 = unix.EPOLLIN
	if once {
		events |= unix.EPOLLET
	}
	return p.control(unix.EPOLL_CTL_ADD, fd, events, Tag{Index: index})
}

// Unwatch takes fd out of the set.
func (p *Poller) Unwatch(fd int) error { return p.control(unix.EPOLL_CTL_DEL, fd, 0, Tag{}) }

// control tags the descriptor with a slot, never with its own number, which
// another connection may have by the time that an event is handled.
func (p *Poller) control(op, fd int, events uint32, tag Tag) error {
	ev := unix.EpollEvent{Events: events, Fd: int32(tag.Index), Pad: int32(tag.Generation)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(p.fd, op, fd, &ev))
}
