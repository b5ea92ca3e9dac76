package server

import (
	"net/http"

	"millpond/server/internal/http1"
)

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
	p := c.countShed(why)
	return c.give(p, int64(len(c.request.in.Pending())), true)
}

// refuse answers a request that is not one, and closes c: nothing that follows
// it is interpreted.
func (c *conn) refuse(f *http1.Fault) step {
	c.why, c.request.origin = CloseBad, OriginRefused
	if f == http1.FaultHeadTimeout {
		c.why = CloseHead
	}
	c.engine.bad(f)
	c.noteReason(faultReason(f))
	return c.give(c.engine.refusals.bad[f].in(c.preferred(), 0), int64(len(c.request.in.Pending())), true)
}

// preferred is the form in which the client of c wants to be told, as far as
// that is known.
func (c *conn) preferred() form {
	if in := c.request.in; in.Head().Size > 0 {
		return preferred(in.Field("Accept"))
	}
	return asText
}

// bad counts a request that was refused for what it is.
func (e *engine) bad(f *http1.Fault) {
	why := BadReason(f.Kind)
	e.counters.bad[why].Add(1)
	e.trace.bad(why)
}

// answer gives a prebuilt answer to the request of c.
func (c *conn) answer(p *http1.Prebuilt) step {
	in := c.request.in
	h := in.Head()
	received := int64(len(in.Pending()))
	if h.Chunked || !h.KeepAlive || h.HTTP10 || h.Length > received-int64(h.Size) || c.engine.isClosing() {
		return c.give(p, received, true)
	}
	return c.give(p, int64(h.Size)+h.Length, false)
}

// give makes a prebuilt answer the reply of c, to a request of which so many
// bytes have come.
func (c *conn) give(p *http1.Prebuilt, received int64, last bool) step {
	r := c.request
	method := r.in.Method()
	var variant http1.Variant
	if last {
		variant |= http1.SayClose
	}
	if r.in.Head().Method == http1.VerbHead {
		variant |= http1.HeadOnly
	}
	b := p.Bytes(variant, c.engine.http.Dates.Now())
	out := http1.NewOutput()
	out.SetStatic(b)
	r.in.Skip(int(received))
	r.reply.last, r.patience = last, patience{pace: http1.NewPace(c.engine.http.MinRate)}
	report := c.answered(out)
	report.Method, report.Status, report.Received, report.Sent = method, p.Status, received, int64(len(b))
	c.enter(stateReplying)
	return onward
}

// answerTo is the answer to a request with a fault that its handler met. One
// that there was no place for was shed.
func (e *engine) answerTo(f *http1.Fault, accept []byte) *http1.Prebuilt {
	if f.Status == http.StatusServiceUnavailable {
		return e.refusals.shed[ShedStreams].in(preferred(accept), e.overload.retryAfter(e.now()))
	}
	return e.refusals.bad[f].in(preferred(accept), 0)
}
