package load

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"millpond/bench"
)

// A pass handles at most so many events and sends at most so many requests, so
// that neither starves the other: about a third of a millisecond each.
const (
	eventsPerPass = 64
	sendsPerPass  = 32
)

// staleShare is the part of the timeout, as a divisor, by which an attempt may
// leave late through the fault of the loop.
const staleShare = 10

// alarmSlot marks the alarm among the events of connections.
const alarmSlot = -1

// idleWait is how long a loop sleeps at most, so that it notices an interrupt.
const idleWait = 100_000_000

// loop is one thread of the generator: it paces, sends and receives. Doing all
// on one thread with its own epoll descriptor saves the two context switches
// per request that a pacer apart from its senders costs, which on one core is
// what decides the highest rate.
type loop struct {
	plan   *plan
	source source
	clock  Clock
	rec    *recorder

	epoll  int
	alarm  *alarm
	events []unix.EpollEvent
	buf    []byte
	slots
	busy
}

// slots are the connections, and which of them can be had.
type slots struct {
	conns []conn  // by slot
	free  []int32 // slots without a connection
	idle  []int32 // slots of idle connections, the latest last
	// blocked is true from when an attempt finds every connection busy until one
	// is not, and freed is when that last was.
	blocked bool
	freed   int64
}

// newLoop prepares a loop that holds at most so many connections.
func newLoop(p *plan, s source, c Clock, connections int) (*loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create an epoll descriptor: %w", err)
	}
	a, err := newAlarm(c)
	if err != nil {
		unix.Close(epoll)
		return nil, err
	}
	ev := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: alarmSlot}
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, a.fd, &ev); err != nil {
		a.close()
		unix.Close(epoll)
		return nil, fmt.Errorf("watch the timer: %w", err)
	}
	l := &loop{
		plan: p, source: s, clock: c,
		rec:   newRecorder(p.warmup, p.length, p.binWidth),
		epoll: epoll, alarm: a, busy: busy{noSlot, noSlot},
		slots: slots{conns: make([]conn, connections), free: make([]int32, 0, connections), idle: make([]int32, 0, connections)},
		buf:   make([]byte, 64<<10), events: make([]unix.EpollEvent, eventsPerPass),
	}
	l.rec.show.live, l.rec.giveUp, l.rec.classes = p.live, p.giveUp, len(p.endpoint.requests)
	for slot := connections - 1; slot >= 0; slot-- {
		l.free = append(l.free, int32(slot))
	}
	return l, nil
}

// run plays the source to its end and returns when every arrival has an outcome.
// The caller has locked the goroutine to its thread.
func (l *loop) run() error {
	defer l.close()
	for {
		now := l.clock.Now()
		l.rec.tick(now)
		l.expire(now)
		l.sendDue(now)
		if l.oldest == noSlot && l.source.exhausted() {
			l.rec.tick(int64(l.plan.length))
			return nil
		}
		if l.plan.stopped.Load() || l.settled(now) {
			l.rec.tick(now)
			l.abandon()
			return nil
		}
		if err := l.receive(); err != nil {
			return err
		}
	}
}

// settled tells whether nothing is left to learn: what is still sent, or under
// way, does not count.
func (l *loop) settled(now int64) bool {
	a, ok := l.source.peek()
	return now >= int64(l.plan.length) && l.rec.settled() && !(ok && l.rec.shown(a))
}

// sendDue sends what is due, as far as connections allow.
func (l *loop) sendDue(now int64) {
	for sent := 0; sent < sendsPerPass; now = l.clock.Now() {
		a, ok := l.source.peek()
		if !ok || a.due > now {
			return
		}
		if late := l.tooLate(a, now); late != nil {
			l.fail(a, bench.Unsent, now, late)
			continue
		}
		c, err := l.connection(now)
		switch {
		case errors.Is(err, errNoConnection):
			l.blocked = true
			return
		case err != nil && exhaustion(err):
			l.fail(a, bench.Unsent, now, err)
		case err != nil:
			l.fail(a, bench.Refused, now, err)
		default:
			l.source.take()
			l.rec.taken(a)
			l.start(c, a, now)
		}
		sent++
	}
}

// tooLate tells why an attempt must not be sent any more: its deadline has
// passed while all connections were busy, or this loop cannot keep up. In that
// case, were everything sent with a second's delay, nothing would be in time and
// the server would look dead; what is left out makes the trial invalid, and the
// rest still measures the server.
func (l *loop) tooLate(a attempt, now int64) error {
	switch {
	case a.due+l.plan.timeout <= now:
		return errNoConnection
	case !l.blocked && now-max(a.due, l.freed) > l.plan.timeout/staleShare:
		return errBehind
	}
	return nil
}

// fail ends an arrival that never got a connection.
func (l *loop) fail(a attempt, o bench.Outcome, now int64, why error) {
	l.source.take()
	l.rec.taken(a)
	if o == bench.Unsent {
		l.rec.failure = why
	}
	if !l.source.ended(a, o, now) {
		l.rec.ended(a, o, now, now)
	}
}

// receive waits until something happens or something is due, and handles it.
func (l *loop) receive() error {
	n, err := unix.EpollWait(l.epoll, l.events, 0)
	if n == 0 && err == nil {
		if err := l.alarm.set(l.nextWake()); err != nil {
			return fmt.Errorf("set the timer: %w", err)
		}
		n, err = unix.EpollWait(l.epoll, l.events, -1)
	}
	if err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("wait for connections: %w", err)
	}
	for i := range max(n, 0) {
		ev := &l.events[i]
		if ev.Fd == alarmSlot {
			l.alarm.armed = -1
			continue
		}
		if c := &l.conns[ev.Fd]; c.generation == ev.Pad {
			l.handle(c, ev.Events)
		}
	}
	return nil
}

// nextWake is when the loop must act even if nothing arrives.
func (l *loop) nextWake() int64 {
	now := l.clock.Now()
	at := now + idleWait
	if l.oldest != noSlot {
		at = min(at, l.conns[l.oldest].attempt.due+l.plan.timeout)
	}
	// An arrival that waits for a connection is not woken for: the event that
	// frees one will do.
	if a, ok := l.source.peek(); ok && (a.due > now || l.available()) {
		at = min(at, a.due)
	}
	return at
}

// available tells whether a request could be sent at once.
func (l *loop) available() bool { return len(l.idle) > 0 || len(l.free) > 0 }

// abandon withdraws every arrival without an outcome: the load was interrupted,
// or those arrivals do not count.
func (l *loop) abandon() {
	for _, a := range l.source.stop() {
		l.rec.withdrawn(a)
	}
	now := l.clock.Now()
	l.rec.end(now)
	for l.oldest != noSlot {
		c := &l.conns[l.oldest]
		l.rec.withdrawn(c.attempt)
		l.unlink(c, now)
		l.drop(c)
	}
}

func (l *loop) close() {
	for i := range l.conns {
		if l.conns[i].state != connClosed {
			l.drop(&l.conns[i])
		}
	}
	l.alarm.close()
	unix.Close(l.epoll)
}
