package server

import (
	"sync"

	"millpond/server/internal/poll"
)

// A table holds the open connections. It grows as needed, and its slots are
// reused, the last freed first. It is safe for concurrent use.
type table[C comparable] struct {
	mu     sync.Mutex
	slots  []entry[C]
	free   []uint32 // indices of empty slots
	open   int
	empty  chan struct{} // closed when the last one leaves; nil unless awaited
	onLess func()        // called, unlocked, after each remove
}

type entry[C comparable] struct {
	conn       C // the zero one in an empty slot
	generation uint32
}

// add gives c a slot, and returns how it is named.
func (t *table[C]) add(c C) (tag poll.Tag) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.free); n > 0 {
		tag.Index = t.free[n-1]
		t.free = t.free[:n-1]
	} else {
		tag.Index = uint32(len(t.slots))
		t.slots = append(t.slots, entry[C]{})
	}
	e := &t.slots[tag.Index]
	if e.generation++; e.generation == 0 {
		e.generation = 1 // 0 tags listeners
	}
	e.conn, tag.Generation = c, e.generation
	t.open++
	return tag
}

// remove frees a slot.
func (t *table[C]) remove(tag poll.Tag) {
	var none C
	t.mu.Lock()
	t.slots[tag.Index].conn = none
	t.free = append(t.free, tag.Index)
	t.open--
	if t.open == 0 && t.empty != nil {
		close(t.empty)
		t.empty = nil
	}
	t.mu.Unlock()
	t.onLess()
}

// get returns what stands in a slot, or the zero value if that is gone.
func (t *table[C]) get(tag poll.Tag) (c C) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.slots[tag.Index]; e.generation == tag.Generation {
		return e.conn
	}
	return c
}

// all returns every open connection.
func (t *table[C]) all() []C {
	t.mu.Lock()
	defer t.mu.Unlock()
	conns := make([]C, 0, t.open)
	var none C
	for _, e := range t.slots {
		if e.conn != none {
			conns = append(conns, e.conn)
		}
	}
	return conns
}

// size is the number of open connections.
func (t *table[C]) size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open
}

// whenEmpty returns a channel that is closed when no connection is open.
func (t *table[C]) whenEmpty() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == 0 {
		done := make(chan struct{})
		close(done)
		return done
	}
	if t.empty == nil {
		t.empty = make(chan struct{})
	}
	return t.empty
}
