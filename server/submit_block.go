package server

import (
	"sync"
)

// A readyList is what OverflowBlock has instead of shedding. The request that
// finds the queue full waits in the pool, the gate shuts, and every connection
// that becomes readable waits here, unread, so that the kernel's buffers push
// back on the clients. As room comes, the connections go on in the order in
// which they came. The list owns them meanwhile, so their timers stand still.
type readyList struct {
	engine *engine

	mu      sync.Mutex
	waiting []*conn // first in, first out; while it is not empty, the gate is shut
}

// offer gives the request of c to the pool or, if others wait already, puts it
// behind them.
func (l *readyList) offer(c *conn) bool {
	l.mu.Lock()
	if !c.turn && l.blocked() {
		l.waiting = append(l.waiting, c)
		l.mu.Unlock()
		return false
	}
	l.mu.Unlock()
	c.turn = false
	return l.engine.pool.Enqueue(c.in.task) != nil && c.shed(ShedDraining)
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
	l.waiting = append(l.waiting, c)
	return true
}

func (l *readyList) blocked() bool { return l.engine.gate.isShut(shutByQueue) }

// blockedChanged shuts the gate while requests wait in the pool for room. When
// none does, it lets connections go on until one does again or none is left.
func (l *readyList) blockedChanged() {
	for {
		c := l.next()
		if c == nil {
			return
		}
		if c.hasRequest() {
			if l.engine.pool.Enqueue(c.in.task) != nil {
				c.giveUp() // the pool has closed
			}
			continue
		}
		l.engine.timers.rearm(c)
		c.turn = true
		c.proceed()
	}
}

// next returns the connection that goes on, if there may be one, and moves the
// gate.
func (l *readyList) next() *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.engine.pool.Blocked() > 0:
		l.engine.gate.shut(shutByQueue)
		return nil
	case len(l.waiting) == 0:
		l.waiting = nil
		l.engine.gate.open(shutByQueue)
		return nil
	}
	c := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	return c
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
