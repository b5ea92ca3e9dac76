package server

import (
	"sync"
	"time"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// timers expire connections. Because all connections in one state wait equally
// long, a list in the order of arming is a list in the order of expiry: arming
// costs one lock and no allocation, and one runtime timer serves a whole list.
//
// A timer is not disarmed while its connection is busy: when it expires then,
// it leaves its signal, and the next arm clears that.
type timers[C timedOwner] struct {
	clock http1.Clock
	mu    sync.Mutex
	lists [numStates]timerList[C]
	// fired takes a connection that has expired while it was parked; the
	// caller has become its owner.
	fired func(C)
}

// A timedOwner is what timers expire.
type timedOwner interface{ parkedAt() *poll.Parking }

type timerList[C timedOwner] struct {
	after       time.Duration
	first, last *timer[C]
	alarm       *time.Timer // set while the list is not empty, for its first or earlier
}

// A timer is what a connection carries of its timeouts; guarded by timers.mu.
type timer[C timedOwner] struct {
	owner      C
	armed      bool
	state      state // whose list it is in
	deadline   time.Duration
	prev, next *timer[C]
}

func newTimers[C timedOwner](set *settings, clock http1.Clock, fired func(C)) *timers[C] {
	t := &timers[C]{clock: clock, fired: fired}
	t.lists[stateNew].after = set.headTimeout
	t.lists[stateReading].after = set.headTimeout
	t.lists[stateIdle].after = set.idleTimeout
	t.lists[stateBuffering].after = set.bodyCheck()
	t.lists[stateReplying].after = set.replyCheck()
	t.lists[stateLingering].after = lingerTimeout
	return t
}

// arm sets x, which is owner's, to the timeout of a state, from now on and
// whatever it was set to before.
func (t *timers[C]) arm(x *timer[C], owner C, of state, now time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unlink(x)
	owner.parkedAt().Clear(poll.Expired | poll.Squeezed)
	l := &t.lists[of]
	x.owner, x.armed, x.state, x.deadline, x.prev = owner, true, of, now+l.after, l.last
	if l.last != nil {
		l.last.next = x
	} else {
		l.first = x
	}
	l.last = x
	if l.alarm == nil {
		l.alarm = time.AfterFunc(l.after, func() { t.expire(of) })
	}
}

// disarm forgets x.
func (t *timers[C]) disarm(x *timer[C]) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unlink(x)
}

func (t *timers[C]) unlink(x *timer[C]) {
	if !x.armed {
		return
	}
	l := &t.lists[x.state]
	if x.prev != nil {
		x.prev.next = x.next
	} else {
		l.first = x.next
	}
	if x.next != nil {
		x.next.prev = x.prev
	} else {
		l.last = x.prev
	}
	x.armed, x.prev, x.next = false, nil, nil
}

// shorten makes those who are in a state now wait no longer than after from now,
// and so all who come later.
func (t *timers[C]) shorten(of state, after time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &t.lists[of]
	if l.after <= after {
		return
	}
	l.after = after
	deadline := t.clock.Now() + after
	for x := l.first; x != nil; x = x.next {
		x.deadline = min(x.deadline, deadline)
	}
	if l.alarm != nil {
		l.alarm.Reset(after)
	}
}

// hurry has the time of those who are in a state run out now.
func (t *timers[C]) hurry(in state) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &t.lists[in]
	now := t.clock.Now()
	for x := l.first; x != nil; x = x.next {
		x.deadline = min(x.deadline, now)
	}
	if l.alarm != nil {
		l.alarm.Reset(0)
	}
}

// expire takes what is due off the list of a state.
func (t *timers[C]) expire(of state) {
	for _, owner := range t.due(of) {
		t.fired(owner)
	}
}

func (t *timers[C]) due(of state) (resumed []C) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &t.lists[of]
	now := t.clock.Now()
	for x := l.first; x != nil; x = l.first {
		if wait := x.deadline - now; wait > 0 {
			l.alarm.Reset(wait)
			return resumed
		}
		owner := x.owner
		t.unlink(x)
		if owner.parkedAt().Signal(poll.Expired) {
			resumed = append(resumed, owner)
		}
	}
	l.alarm = nil
	return resumed
}
