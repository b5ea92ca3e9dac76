package server

import (
	"time"

	"millpond/server/internal/poll"
)

// evict sends a signal to the one that was armed first of those who are parked in
// some states, if that was before some time. The caller has become its owner.
func (t *timers[C]) evict(signal poll.Signals, before time.Duration, from ...state) (owner C, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := make([]*timer[C], len(from))
	for i, s := range from {
		next[i] = t.lists[s].first
	}
	for {
		i := t.oldest(next, before)
		if i < 0 {
			return owner, false
		}
		x := next[i]
		next[i] = x.next
		if place := x.owner.parkedAt(); place.Parked() != 0 && place.Signal(signal) {
			owner = x.owner
			t.unlink(x)
			return owner, true
		}
	}
}

// oldest is the index of the one that was armed first, or negative if none was
// before that time.
func (t *timers[C]) oldest(all []*timer[C], before time.Duration) int {
	oldest, since := -1, before
	for i, x := range all {
		if x == nil {
			continue
		}
		if armed := x.deadline - t.lists[x.state].after; armed < since {
			oldest, since = i, armed
		}
	}
	return oldest
}
