package server

import (
	"net/http"

	"millpond/server/internal/http1"
)

// refuse answers a request that is not one, and closes c: nothing that follows
// it is interpreted.
func (c *conn) refuse(f *http1.Fault) step {
	c.why, c.request.origin = CloseBad, OriginRefused
	if f == http1.FaultHeadTimeout {
		c.why = CloseHead
	}
	c.engine.bad(f)
	c.noteReason(faultReason(f))
	return c.answerLast(c.engine.refusals.bad[f].in(c.preferred(), 0))
}

// bad counts a request that was refused for what it is.
func (e *engine) bad(f *http1.Fault) {
	why := BadReason(f.Kind)
	e.counters.bad[why].Add(1)
	e.trace.bad(why)
}

// preferred is the form in which the client of c wants to be told, as far as
// that is known.
func (c *conn) preferred() form {
	if in := c.request.in; in.Head().Size > 0 {
		return preferred(in.Field("Accept"))
	}
	return asText
}

// answerTo is the answer to a request with a fault that its handler met. One
// that there was no place for was shed.
func (e *engine) answerTo(f *http1.Fault, accept []byte) *http1.Prebuilt {
	if f.Status == http.StatusServiceUnavailable {
		return e.refusals.shed[ShedStreams].in(preferred(accept), e.overload.retryAfter(e.now()))
	}
	return e.refusals.bad[f].in(preferred(accept), 0)
}
