package server

import "millpond/server/internal/http1"

// answer gives a prebuilt answer to the request of c, and keeps c for the next one
// where that can be.
func (c *conn) answer(p *http1.Prebuilt) step {
	in := c.request.in
	h := in.Head()
	whole := !h.Chunked && h.Length <= int64(len(in.Pending())-h.Size)
	if !whole || !h.KeepAlive || h.HTTP10 || c.engine.isClosing() {
		return c.answerLast(p)
	}
	return c.give(p, int64(h.Size)+h.Length)
}

// answerLast gives a prebuilt answer to whatever has come, and closes c after it.
func (c *conn) answerLast(p *http1.Prebuilt) step {
	c.request.reply.last = true
	return c.give(p, int64(len(c.request.in.Pending())))
}

// give makes a prebuilt answer the reply of c, to a request of which so many
// bytes have come.
func (c *conn) give(p *http1.Prebuilt, received int64) step {
	r := c.request
	method := r.in.Method()
	var variant http1.Variant
	if r.reply.last {
		variant |= http1.SayClose
	}
	if r.in.Head().Method == http1.VerbHead {
		variant |= http1.HeadOnly
	}
	b := p.Bytes(variant, c.engine.http.Dates.Now())
	out := http1.NewOutput()
	out.SetStatic(b)
	r.in.Skip(int(received))
	r.reply.prebuilt = prebuilt{method, p.Status, received}
	c.answered(out)
	c.enter(stateReplying)
	return onward
}
