package server

import (
	"errors"

	"millpond/pool"
)

// admit answers a request whose head is whole, if it is for a probe, and has
// it dispatched otherwise.
func (c *conn) admit(dispatch func(*conn) step) step {
	e, r := c.engine, c.request
	r.inFlight = true
	e.counters.inFlight.Add(1)
	if p := e.route(r); p != nil {
		return c.answer(p)
	}
	return dispatch(c)
}

// submit queues the request of c for a worker, or sheds it.
func (c *conn) submit() step {
	r := c.request
	c.enter(stateQueued)
	switch err := r.pool.TrySubmit(r.task); {
	case err == nil:
		return gone // a worker may have finished with c by now
	case !errors.Is(err, pool.ErrFull):
		return c.shed(ShedDraining)
	case r.pool == c.engine.pools.control:
		return c.shed(ShedControlFull)
	}
	return c.shed(ShedQueueFull)
}
