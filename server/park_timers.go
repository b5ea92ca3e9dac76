package server

import (
	"sync"
	"time"
)

// A timerKind tells the timeouts apart. All connections that wait for one
// kind wait equally long.
type timerKind uint8

const (
	timerNone   timerKind = iota
	timerNew              // a first request must begin
	timerHead             // a head must be complete
	timerIdle             // the next request must begin
	timerWrite            // the end of an answer must be taken
	timerLinger           // the client must have read the last answer
	numTimers
)

// timers expire connections. Because a kind has one duration, a list in the
// order of arming is a list in the order of expiry: arming costs one lock and
// no allocation, and one runtime timer serves a whole list.
//
// A timer is not disarmed while its connection is busy: when it expires then,
// it leaves its mark in the state, and the next arm wipes the mark out.
type timers struct {
	clock
	mu    sync.Mutex
	lists [numTimers]timerList
	// fired takes a connection that has expired while it was parked; the
	// caller has become its owner.
	fired func(*conn)
}

type timerList struct {
	after       time.Duration
	first, last *conn
	alarm       *time.Timer // set while the list is not empty, for its first or earlier
}

// timed is what a connection carries of its timers; guarded by timers.mu.
type timed struct {
	armed      timerKind
	deadline   time.Duration
	prev, next *conn
}

func newTimers(set *settings, clock clock, fired func(*conn)) *timers {
	t := &timers{clock: clock, fired: fired}
	t.lists[timerNew].after = set.headTimeout
	t.lists[timerHead].after = set.headTimeout
	t.lists[timerIdle].after = set.idleTimeout
	t.lists[timerWrite].after = set.writeTimeout
	t.lists[timerLinger].after = lingerTimeout
	return t
}

// arm sets the timer of c anew, whatever it was set to before.
func (t *timers) arm(c *conn, kind timerKind) { t.armAt(t.now(), c, kind) }

// armAt is arm at a time that the caller has just read.
func (t *timers) armAt(now time.Duration, c *conn, kind timerKind) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unlink(c)
	c.state.And(^expired)
	l := &t.lists[kind]
	c.timed = timed{armed: kind, deadline: now + l.after, prev: l.last}
	if l.last != nil {
		l.last.timed.next = c
	} else {
		l.first = c
	}
	l.last = c
	if l.alarm == nil {
		l.alarm = time.AfterFunc(l.after, func() { t.expire(kind) })
	}
}

// rearm sets the timer of c anew to what it waits for.
func (t *timers) rearm(c *conn) {
	switch c.phase {
	case StateNew:
		t.arm(c, timerNew)
	case StateIdle:
		t.arm(c, timerIdle)
	default:
		t.arm(c, timerHead)
	}
}

// disarm forgets c.
func (t *timers) disarm(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unlink(c)
}

func (t *timers) unlink(c *conn) {
	if c.timed.armed == timerNone {
		return
	}
	l := &t.lists[c.timed.armed]
	if prev := c.timed.prev; prev != nil {
		prev.timed.next = c.timed.next
	} else {
		l.first = c.timed.next
	}
	if next := c.timed.next; next != nil {
		next.timed.prev = c.timed.prev
	} else {
		l.last = c.timed.prev
	}
	c.timed = timed{}
}

// shorten makes those who wait for kind now wait no longer than after from
// now, and so all who come later.
func (t *timers) shorten(kind timerKind, after time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &t.lists[kind]
	if l.after <= after {
		return
	}
	l.after = after
	deadline := t.now() + after
	for c := l.first; c != nil; c = c.timed.next {
		if c.timed.deadline > deadline {
			c.timed.deadline = deadline
		}
	}
	if l.alarm != nil {
		l.alarm.Reset(after)
	}
}

// expire takes what is due off the list of kind.
func (t *timers) expire(kind timerKind) {
	for _, c := range t.due(kind) {
		t.fired(c)
	}
}

func (t *timers) due(kind timerKind) (taken []*conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &t.lists[kind]
	now := t.now()
	for c := l.first; c != nil; c = l.first {
		if wait := c.timed.deadline - now; wait > 0 {
			l.alarm.Reset(wait)
			return taken
		}
		t.unlink(c)
		if c.mark(expired) {
			taken = append(taken, c)
		}
	}
	l.alarm = nil
	return taken
}
