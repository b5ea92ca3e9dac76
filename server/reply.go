package server

import (
	"time"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// reply sends what is left of an answer, as far as the client takes it.
func (c *conn) reply() step {
	r := c.request
	err := r.reply.out.Flush(c.Link)
	if err == http1.ErrWouldBlock {
		c.parking.Clear(poll.Writable) // it may be old: try once more
		err = r.reply.out.Flush(c.Link)
	}
	switch {
	case err == nil:
		return c.replied()
	case err != http1.ErrWouldBlock:
		return c.close(CloseWrite)
	}
	r.reply.out.MustKeep(c.engine.http.Memory)
	if !r.timed {
		report := r.report(0) // now: what a handler has left behind may write to its request still
		r.reply.report = &report
		c.beginWait(c.replyPatience())
	}
	return wait
}

// replied goes on after a whole answer: with the next request, which may be
// there already, or with the end.
func (c *conn) replied() step {
	e, r := c.engine, c.request
	now := e.now()
	r.reply.due = false
	report := r.report(now)
	e.report(&report, r.reply.access)
	switch {
	case !r.reply.last:
		return c.reuse(now)
	case r.reply.clean && r.in.Empty() && !c.parking.Has(poll.Readable):
		return c.close(c.why) // nothing is unread, so the answer is safe
	}
	c.release()
	return c.startLingering()
}

// reuse readies c for its next request.
func (c *conn) reuse(now time.Duration) step {
	if in := c.request.in; !in.Empty() {
		in.Next(now)
		c.request.end()
		c.enter(stateReading)
		return onward
	}
	c.release()
	c.enter(stateIdle)
	c.armAt(now)
	if c.engine.noKeepAlives.Load() || c.engine.crowded.Load() { // since the answer was decided
		return c.closeUnlessAsked(CloseIdle)
	}
	return onward
}
