package server

import "time"

// shed answers 503 to the request of c, which nobody will work on. It is true
// if c is still the caller's, to go on with its next request.
//
// The client must really get to read the answer. Closing a connection with
// input unread would reset it and could destroy the answer on its way (RFC
// 9112, section 9.6), so the connection is kept where the whole request was
// read, and drained before it is closed where it was not.
func (c *conn) shed(why ShedReason) bool {
	e := c.engine
	e.counters.shed[why].Add(1)
	if hook := e.set.trace.Shed; hook != nil {
		hook(why)
	}
	c.last = CloseShed
	return c.answer(e.answers.shed[why])
}

// answer gives a prebuilt answer to the request of c. It is true if c is still
// the caller's.
func (c *conn) answer(a *canned) bool {
	in, e := c.in, c.engine
	h := &in.scan.head
	variant := 0
	if h.method == verbHead {
		variant |= cannedHeadOnly
	}
	here := int64(in.w - in.r)
	body := here - int64(h.size) // what is there of it, and behind it
	if h.chunked || h.length > body || h.http10 || !h.keepAlive || e.draining.Load() {
		variant |= cannedClose
	} else {
		here = int64(h.size) + h.length
		in.r += int(here)
	}
	b := a.bytes(variant, e.dates.date())
	e.counters.inFlight.Add(-1)
	c.report(Request{Method: h.method.String(), Status: a.status,
		Received: here, Sent: int64(len(b)), Duration: e.now() - in.began})
	return c.send(b, variant&cannedClose != 0)
}

// refuse answers a request that is not one, and closes c: nothing that follows
// it is interpreted.
func (c *conn) refuse(f *fault) {
	e := c.engine
	c.bad(f.reason)
	c.last = CloseBad
	if f == faultHeadSlow {
		c.last = CloseHead
	}
	a := e.answers.refusal[f]
	variant := cannedClose
	if c.in.scan.head.method == verbHead {
		variant |= cannedHeadOnly
	}
	b := a.bytes(variant, e.dates.date())
	c.report(Request{Method: c.in.scan.head.method.String(), Status: a.status,
		Received: int64(c.in.w - c.in.r), Sent: int64(len(b)), Duration: e.now() - c.in.began})
	c.send(b, true)
}

// bad counts a request that was refused for what it is.
func (c *conn) bad(why BadReason) {
	c.engine.counters.bad[why].Add(1)
	if hook := c.engine.set.trace.Bad; hook != nil {
		hook(why)
	}
}

// report tells the trace of an answer.
func (c *conn) report(r Request) {
	c.engine.counters.sent.Add(uint64(r.Sent))
	if hook := c.engine.set.trace.Done; hook != nil {
		hook(r)
	}
}

// send writes b, as far as the client takes it now; the rest follows when it
// takes more. Then c goes on with its next request or, if this was its last
// answer, is drained and closed. It is true if c is still the caller's.
func (c *conn) send(b []byte, last bool) bool {
	c.unsent, c.closing, c.clean = b, last, false
	if last {
		c.releaseInput()
	}
	return c.flush()
}

// flush sends what is unsent. It is true if all is sent and c goes on.
func (c *conn) flush() bool {
	armed := false
	for {
		n, err := c.link.tryWrite(c.unsent)
		c.unsent = c.unsent[n:]
		switch {
		case err == nil:
			return c.flushed()
		case err != errAgain:
			c.close(CloseWrite)
			return false
		}
		if !armed {
			c.engine.timers.arm(c, timerWrite)
			armed = true
		}
		if c.park(flushing) {
			return false
		}
		if c.has(reset | expired) {
			c.close(CloseWrite)
			return false
		}
		c.forget(writable) // it may be old: try once more
	}
}

// flushed goes on behind a whole answer.
func (c *conn) flushed() bool {
	now := c.engine.now()
	c.unsent = nil
	if c.reply != nil {
		c.reply.report(now)
		c.reply = nil
	}
	if c.out != nil {
		c.out.recycle()
		c.out = nil
	}
	switch {
	case !c.closing:
		c.answered(now)
		return true
	case c.clean && c.in.w == c.in.r && !c.has(readable):
		c.close(c.last) // nothing is unread, so the answer is safe
	default:
		c.releaseInput()
		c.linger()
	}
	return false
}

// answered readies c for its next request, which may be there already.
func (c *conn) answered(now time.Duration) {
	in := c.in
	in.scan.reset()
	in.control = false
	if in.w > in.r {
		in.began = now
		return
	}
	if c.engine.direct() {
		in.r, in.w = 0, 0 // its goroutine goes on reading into the same buffer
	} else {
		c.releaseInput()
	}
	c.enter(StateIdle)
	c.engine.timers.armAt(now, c, timerIdle)
}

// linger ends the output of c and drains its input for a while, so that the
// client can read the answer before the connection goes.
func (c *conn) linger() {
	if c.link.closeWrite() != nil {
		c.close(c.last)
		return
	}
	c.enter(StateClosing)
	c.engine.timers.arm(c, timerLinger)
	c.drain()
}

// drain discards input, within bounds, until the client closes. One that sends
// without end does not keep the others waiting.
func (c *conn) drain() {
	scratch := c.takeInput()
	defer scratch.recycle()
	for visit := 0; c.drained <= c.engine.set.maxDrain; {
		n, err := c.link.tryRead(scratch.buf)
		c.drained += int64(n)
		if visit += n; visit > visitBytes {
			if visit = 0; c.yield() {
				return
			}
		}
		switch {
		case err == errTaken:
			return
		case err == errAgain:
			c.link.watch()
			if c.park(0) {
				return
			}
			if c.has(reset | expired) {
				c.close(c.last)
				return
			}
		case err != nil:
			c.close(c.last)
			return
		}
	}
	c.close(c.last)
}
