package server

import (
	"errors"
	"slices"
	"sync"

	"millpond/pool"
)

// A readyList is what OverflowBlock has instead of shedding. The request that
// finds the queue full waits here, the gate shuts, and every connection that
// becomes readable joins behind it, unread, so that the kernel's buffers push
// back on the clients. As room comes, the connections go on in the order in
// which they came. The list owns them meanwhile, so their timers stand still.
type readyList struct {
	engine *engine
	turn   sync.Mutex // held by the one who lets connections go on

	mu      sync.Mutex // held while the pool is asked, so that room cannot come unseen
	waiting []*conn    // first in, first out; while it is not empty, the gate is shut
}

// offer queues the request of c in the pool or, without room, here.
func (l *readyList) offer(c *conn) bool {
	l.mu.Lock()
	if !c.turn && l.blocked() {
		l.push(len(l.waiting), c)
		l.mu.Unlock()
		return false
	}
	place := len(l.waiting)
	if c.turn {
		place = 0
	}
	c.turn = false
	err := l.engine.pool.Offer(c.in.task)
	if errors.Is(err, pool.ErrFull) {
		l.push(place, c)
		err = nil
	}
	l.mu.Unlock()
	return err != nil && c.shed(ShedDraining)
}

// hold takes c, unread, if there is no room.
func (l *readyList) hold(c *conn) bool {
	if c.turn || !l.blocked() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.blocked() {
		return false
	}
	l.push(len(l.waiting), c)
	return true
}

func (l *readyList) blocked() bool { return l.engine.gate.isShut(shutByQueue) }

// push is called with mu held.
func (l *readyList) push(at int, c *conn) {
	l.waiting = slices.Insert(l.waiting, at, c)
	l.engine.gate.shut(shutByQueue)
}

// room lets connections go on until the queue is full again or none waits.
func (l *readyList) room() {
	l.turn.Lock()
	defer l.turn.Unlock()
	for {
		c, whole := l.next()
		switch {
		case c == nil:
			return
		case whole:
			c.giveUp() // the pool has closed
		default:
			l.engine.timers.rearm(c)
			c.turn = true
			c.proceed()
		}
	}
}

// next queues requests that are whole, and returns the first connection that
// it cannot do this for: one that is still to be read, or a whole one that the
// pool refuses for good. It returns nil if none is left or there is no room.
func (l *readyList) next() (c *conn, whole bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 {
		c, whole = l.waiting[0], l.waiting[0].hasRequest()
		var err error
		if whole {
			if err = l.engine.pool.Offer(c.in.task); errors.Is(err, pool.ErrFull) {
				return nil, false
			}
		}
		l.waiting[0] = nil
		l.waiting = l.waiting[1:]
		if !whole || err != nil {
			return c, whole
		}
	}
	l.waiting = nil
	l.engine.gate.open(shutByQueue)
	return nil, false
}

// clear gives up all that wait.
func (l *readyList) clear() []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.waiting
	l.waiting = nil
	l.engine.gate.open(shutByQueue)
	return all
}

// giveUp ends the wait of a connection in the ready list. The pool is closed:
// a request that is still unread will be shed, too.
func (c *conn) giveUp() {
	if !c.hasRequest() {
		c.engine.timers.rearm(c)
		c.proceed()
	} else if c.shed(ShedDraining) {
		c.proceed()
	}
}
