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

	// tellEvery is how often the scheduler is told of a pass at most. It is as long
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

	mu     sync.Mutex // held by whoever runs a pass; guards what follows
	events [passEvents]unix.EpollEvent
	closed bool
	told   time.Duration // when the scheduler was told of a pass, since start
	recall *time.Timer   // due tellEvery later
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
	return &Poller{
		start: time.Now(), ready: ready, fd: fd, file: os.NewFile(uintptr(fd), "epoll"),
		told: -tellEvery, recall: time.AfterFunc(tellEvery, func() {}),
	}, nil
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
		look := peek
		if p.tells() {
			look = ask
		}
		for p.pass(look) == passEvents {
			// A full pass may have left events over.
		}
		return false // wait for the next event
	})
}

// tells reports whether the scheduler is to be told of a pass after a pause.
//
// Its thread that interrupts handlers which hog the processor sleeps while there
// is nothing to do, until it is told of a system call or a timer is due. To wake
// it for every request takes longer than to refuse one. So it is told once in
// tellEvery, and a timer has it look again at the end of that: a handler that
// begins in between keeps the processor by so much longer at most. p.mu is held.
func (p *Poller) tells() bool {
	now := p.now()
	if now-p.told < tellEvery {
		return false
	}
	p.told = now
	p.recall.Reset(tellEvery)
	return true
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
	if p.now()-time.Duration(p.last.Load()) >= passEvery && p.tryPass() {
		runtime.Gosched()
	}
}

// tryPass runs a pass unless somebody does already, and reports whether it did.
func (p *Poller) tryPass() bool {
	if !p.mu.TryLock() {
		return false
	}
	defer p.mu.Unlock()
	for n := 1; p.pass(peek) == passEvents && p.deep.Load() && n < deepPasses; n++ {
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
func (p *Poller) pass(ask func(epoll int, events []unix.EpollEvent) int) int {
	if p.closed {
		return 0
	}
	p.last.Store(int64(p.now()))
	n := ask(p.fd, p.events[:])
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
