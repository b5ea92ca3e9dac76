package server

import (
	"runtime"
	"sync"
)

// turns are the connections that could go on at once, and let others do so first.
// They are nobody's but theirs meanwhile: they are not parked, as it is not
// their clients that they wait for.
type turns struct {
	mu      sync.Mutex
	waiting []func() // each moves a connection on
	taken   bool     // somebody calls them
}

// yield calls moveOn after all that has to be done now.
func (t *turns) yield(moveOn func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting = append(t.waiting, moveOn); !t.taken {
		t.taken = true
		go t.take()
	}
}

// take moves on those who wait for their turn, one after the other, until there
// are none.
func (t *turns) take() {
	for moveOn := t.next(); moveOn != nil; moveOn = t.next() {
		runtime.Gosched()
		moveOn()
	}
}

// next is what moves on the connection whose turn it is, or nil if there is none,
// and the caller can go.
func (t *turns) next() func() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.waiting, t.taken = nil, false
		return nil
	}
	moveOn := t.waiting[0]
	t.waiting = t.waiting[1:]
	return moveOn
}
