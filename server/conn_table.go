package server

import "sync"

// A slot names a connection in the table. The generation tells a connection
// from those that had the same index before it, so that a late event cannot
// reach the wrong one.
type slot struct {
	index      uint32
	generation uint32
}

// A table holds the open connections. It grows as needed, and its slots are
// reused, the last freed first. It is safe for concurrent use.
type table struct {
	mu     sync.Mutex
	slots  []entry
	free   []uint32 // indices of empty slots
	open   int
	empty  chan struct{} // closed when the last one leaves; nil unless awaited
	onLess func()        // called, unlocked, after each remove
}

type entry struct {
	conn       *conn
	generation uint32
}

// add gives c a slot.
func (t *table) add(c *conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.free); n > 0 {
		c.slot.index = t.free[n-1]
		t.free = t.free[:n-1]
	} else {
		c.slot.index = uint32(len(t.slots))
		t.slots = append(t.slots, entry{})
	}
	e := &t.slots[c.slot.index]
	if e.generation++; e.generation == 0 {
		e.generation = 1 // 0 tags listeners
	}
	e.conn = c
	c.slot.generation = e.generation
	t.open++
}

// remove frees the slot of c.
func (t *table) remove(c *conn) {
	t.mu.Lock()
	t.slots[c.slot.index].conn = nil
	t.free = append(t.free, c.slot.index)
	t.open--
	if t.open == 0 && t.empty != nil {
		close(t.empty)
		t.empty = nil
	}
	t.mu.Unlock()
	t.onLess()
}

// get returns what stands in s, or nil if that is gone.
func (t *table) get(s slot) *conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.slots[s.index]; e.generation == s.generation {
		return e.conn
	}
	return nil
}

// all returns every open connection.
func (t *table) all() []*conn {
	t.mu.Lock()
	defer t.mu.Unlock()
	conns := make([]*conn, 0, t.open)
	for _, e := range t.slots {
		if e.conn != nil {
			conns = append(conns, e.conn)
		}
	}
	return conns
}

// size is the number of open connections.
func (t *table) size() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open
}

// whenEmpty returns a channel that is closed when no connection is open.
func (t *table) whenEmpty() <-chan struct{} {
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
