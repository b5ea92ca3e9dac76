package server

import (
	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// read takes in a request until its head is whole, as far as that needs no
// waiting.
func (c *conn) read() step {
	for {
		if next, done := c.scan(); done {
			return next
		}
		if c.engine.isBlocked() && c.parking.Has(poll.Readable) {
			return c.block()
		}
		if next, more := c.fill(); !more {
			return next
		}
	}
}

// scan judges what was read, and reports whether that decides what comes next.
func (c *conn) scan() (next step, done bool) {
	r := c.request
	if r == nil || r.in.Empty() {
		return onward, false
	}
	switch whole, fault := r.in.Scan(); {
	case fault != nil:
		return c.refuse(fault), true
	case whole:
		c.headIsWhole()
		return onward, true
	}
	if c.state != stateReading {
		c.enter(stateReading)
	}
	if !r.timed {
		r.timed = true
		c.arm()
	}
	return onward, false
}

// headIsWhole has c read the body ahead, if there is one to be read, unless the
// request is for a probe, which has its answer.
func (c *conn) headIsWhole() {
	r := c.request
	if ahead := r.in.StartBody(c.engine.bodyBuffer); !ahead || c.engine.route(r) != nil {
		c.enter(stateAdmitting)
		return
	}
	c.enter(stateBuffering)
	r.timed = false
}

// fill reads more, and reports whether there was more to read; otherwise it says
// what comes next.
func (c *conn) fill() (next step, more bool) {
	if !c.parking.Has(poll.Readable | poll.HalfClosed) {
		return c.rest(), false
	}
	r := c.need()
	n, err := c.TryRead(r.in.Space())
	switch {
	case n > 0:
		c.received(n)
		if r.in.Grown() && !c.keep() {
			return c.turnAway(ShedMemory), false
		}
		return onward, true
	case err == http1.ErrWouldBlock:
		return c.rest(), false
	}
	return c.ended(err), false
}

// rest has c wait for input, with no buffer if nothing has come.
func (c *conn) rest() step {
	r := c.request
	if r == nil || r.in.Empty() {
		c.release()
		return wait
	}
	if !c.keep() {
		return c.turnAway(ShedMemory)
	}
	if c.state == stateBuffering && !r.timed {
		c.beginWait(c.bodyPatience())
	}
	return wait
}

// received accounts for n bytes just read.
func (c *conn) received(n int) {
	c.request.in.Add(n, c.engine.now())
	c.engine.counters.received.Add(uint64(n))
}
