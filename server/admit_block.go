package server

import (
	"context"
	"time"

	"millpond/pool"
	"millpond/server/internal/poll"
)

// What OverflowBlock has instead of shedding: a request without room in the
// queue waits outside of it, the gate shuts, and every connection that becomes
// readable waits in the same line, unread, so that the kernel's buffers push
// back on the clients. The pool lets all of them in as room comes, in the order
// in which they came. It owns them meanwhile, and their timers stand still.

// isBlocked reports whether some wait outside of the queue. It asks the pool, as
// the gate follows only after others would have been read.
func (e *engine) isBlocked() bool {
	return e.overflow == OverflowBlock && e.pools.work != nil && e.pools.work.Blocked() > 0
}

// blockedChanged follows the pool: the gate is shut while some wait outside.
func (e *engine) blockedChanged() {
	e.gate.update(shutByQueue, func() bool { return e.pools.work.Blocked() > 0 })
}

// enqueue queues the request of c for a worker as soon as there is room.
func (c *conn) enqueue() step {
	r := c.request
	if r.pool == c.engine.pools.control {
		return c.submit()
	}
	task := c.task()
	c.enter(stateQueued)
	if r.pool.Enqueue(*task) != nil {
		return c.shed(ShedDraining)
	}
	return gone
}

// block has c wait, unread, for its turn. It is read on the worker that takes
// it.
func (c *conn) block() step {
	c.enter(stateBlocked)
	c.engine.timers.disarm(&c.timer)
	b := &blocked{conn: c, since: c.engine.now()}
	if c.engine.pools.work.Enqueue(pool.Task{Run: b.run, Done: b.done, Drop: b.drop}) != nil {
		return b.unblock() // the pool is closed: what is read will be shed
	}
	return gone
}

// A blocked is a connection that waits, unread, for room in the queue.
type blocked struct {
	conn  *conn
	since time.Duration
	next  step
}

// run reads the request and, if it is whole, serves it, on a worker.
func (b *blocked) run(worker context.Context, queued time.Time) {
	defer b.survive()
	c := b.conn
	var unread time.Duration
	if r := c.request; r == nil || r.in.Empty() { // else it has begun before
		unread = c.engine.now() - b.since
	}
	for b.next = b.unblock(); b.next == onward && (c.state == stateIdle || c.state == stateReading || c.state == stateBuffering); {
		b.next = b.read()
	}
	if b.next == onward && c.state == stateAdmitting {
		c.request.unread = unread
		b.next = c.admit(func(c *conn) step { return c.serveOn(worker, queued) })
	}
}

// survive is that of the connection, which nobody moves on after a panic.
func (b *blocked) survive() {
	if value := recover(); value != nil {
		b.next = gone
		b.conn.panicked(value)
	}
}

// read is the stage of that name for one that need not wait for its turn.
func (b *blocked) read() step {
	c := b.conn
	if c.state == stateBuffering {
		return c.buffer()
	}
	if next, decided := c.scan(); decided {
		return next
	}
	next, _ := c.fill()
	return next
}

// unblock takes the connection up again where it was left.
func (b *blocked) unblock() step {
	c := b.conn
	if r := c.request; r == nil || r.in.Empty() {
		c.enter(stateIdle)
	} else {
		c.enter(stateReading)
		r.timed = true
	}
	c.arm()
	if c.parking.Has(poll.Reset) {
		return c.lost()
	}
	return onward
}

// done goes on when the worker's place is given back.
func (b *blocked) done() {
	if b.next != gone {
		b.conn.engine.moveOn(b.conn)
	}
}

// drop is called when the pool is closed.
func (b *blocked) drop(pool.DropReason, time.Time) {
	defer b.survive()
	if b.unblock() != gone {
		b.conn.engine.moveOn(b.conn)
	}
}

// serveOn is run for a worker that has read the request itself.
func (c *conn) serveOn(worker context.Context, queued time.Time) step {
	if c.request.pool == c.engine.pools.control {
		return c.submit()
	}
	c.enter(stateServing)
	c.request.serve(worker, queued)
	return onward
}
