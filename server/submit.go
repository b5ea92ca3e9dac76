package server

import (
	"context"
	"errors"

	"millpond/pool"
)

// dispatch sends a request whose head is complete where it is answered. It is
// true if the answer is given and c is still the caller's.
func (c *conn) dispatch() bool {
	e := c.engine
	c.enter(StateActive)
	e.counters.inFlight.Add(1)
	c.in.handler = e.set.handler
	if a := e.routeControl(c.in); a != nil {
		return c.answer(a)
	}
	switch {
	case e.direct():
		in := c.in
		c.serveRequest(context.Background())
		return in.conclude()
	case c.in.control:
		return c.offer(e.lane)
	case e.ready != nil:
		return e.ready.offer(c)
	}
	return c.offer(e.pool)
}

// offer queues the request of c, or sheds it. It is true if the request was
// shed and c is still the caller's.
func (c *conn) offer(p *pool.Pool) bool {
	switch err := p.TrySubmit(c.in.task); {
	case err == nil:
		return false // a worker may have finished with c by now
	case errors.Is(err, pool.ErrFull):
		return c.shed(ShedQueueFull)
	}
	return c.shed(ShedDraining)
}
