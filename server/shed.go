package server

import "millpond/server/internal/http1"

// shed answers 503 to the request of c, which nobody will work on.
//
// The client must really get to read the answer. Closing a connection with
// input unread would reset it and could destroy the answer on its way (RFC
// 9112, section 9.6), so the connection is kept where the whole request was
// read, and drained before it is closed where it was not.
func (c *conn) shed(why ShedReason) step {
	return c.answer(c.countShed(why))
}

// countShed returns the answer for that.
func (c *conn) countShed(why ShedReason) *http1.Prebuilt {
	e := c.engine
	c.why, c.request.origin = CloseShed, OriginShed
	c.noteReason(why.String())
	e.counters.shed[why].Add(1)
	e.trace.shed(why)
	return e.refusals.shed[why].in(c.preferred(), e.overload.retryAfter(c.request.in.Began()))
}

// turnAway is shed for a request that was not read to its end.
func (c *conn) turnAway(why ShedReason) step {
	return c.answerLast(c.countShed(why))
}
