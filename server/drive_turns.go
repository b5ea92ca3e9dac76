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
	waiting []*conn
	taken   bool // somebody moves them on
}

// yield moves c on after all that has to be done now.
func (e *engine) yield(c *conn) {
	t := &e.turns
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting = append(t.waiting, c); !t.taken {
		t.taken = true
		go e.takeTurns()
	}
}

// takeTurns moves on those who wait for their turn, one after the other, until
// there are none.
func (e *engine) takeTurns() {
	for c := e.turns.next(); c != nil; c = e.turns.next() {
		runtime.Gosched()
		e.moveOn(c)
	}
}

// next is the connection whose turn it is, or nil if the caller can go.
func (t *turns) next() *conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.waiting, t.taken = nil, false
		return nil
	}
	c := t.waiting[0]
	t.waiting = t.waiting[1:]
	return c
}
