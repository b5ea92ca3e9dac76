package server

import (
	"errors"
	"time"

	"millpond/pool"
)

// admit answers a request whose head is whole, if it is for a probe, and has
// it dispatched otherwise.
func (c *conn) admit(dispatch func(*conn) step) step {
	e, r := c.engine, c.request
	r.inFlight = true
	e.counters.inFlight.Add(1)
	p := e.route(r)
	c.noteClass()
	if p != nil {
		return c.answer(p)
	}
	r.task.Deadline = c.deadline()
	return dispatch(c)
}

// deadline is when the request of c is of no use any more, or zero. What is
// malformed is counted, and ignored.
func (c *conn) deadline() (at time.Time) {
	value := c.request.in.Field(timeoutField)
	if value == nil {
		return at
	}
	patience, ok := parseTimeout(value)
	if !ok {
		c.engine.counters.badTimeouts.Add(1)
		return at
	}
	return c.engine.http.Clock.At(c.request.in.Began() + patience)
}

// submit queues the request of c for a worker, or sheds it.
func (c *conn) submit() step {
	r := c.request
	task := c.task()
	c.enter(stateQueued)
	switch err := r.pool.TrySubmit(*task); {
	case err == nil:
		return gone // a worker may have finished with c by now
	case errors.Is(err, pool.ErrFull) && r.pool == c.engine.pools.control:
		return c.shed(ShedControlFull)
	case errors.Is(err, pool.ErrFull):
		return c.shed(ShedQueueFull)
	case errors.Is(err, pool.ErrPaced):
		return c.shed(ShedPaced)
	case errors.Is(err, pool.ErrDeadline):
		return c.shed(ShedDeadline)
	}
	return c.shed(ShedDraining)
}

// task is the request of c as its pool takes it.
func (c *conn) task() *pool.Task {
	e, r := c.engine, c.request
	task := &r.task
	task.Class, task.Key = 0, 0
	if r.pool == e.pools.work {
		task.Class = e.classes.of(r.in.Path())
		task.Key = e.fairness.key(c)
		if came := r.in.Began(); e.fairness.by != byNothing && e.clients.due(came) {
			e.clients.count(task.Key, func() string { return e.fairness.name(c) }, came)
		}
	}
	return task
}

// dropped are the reasons of the pool for giving a request up, as they are
// counted and told.
var dropped = [pool.NumDropReasons]ShedReason{
	pool.DropPushedOut: ShedPushedOut,
	pool.DropWaited:    ShedWaited,
	pool.DropDeadline:  ShedDeadline,
	pool.DropShutdown:  ShedDraining,
}
