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
		if next := c.fill(); next != onward {
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
		c.enter(stateAdmitting)
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

// fill reads more, if there is more.
func (c *conn) fill() step {
	if !c.parking.Has(poll.Readable | poll.HalfClosed) {
		return c.rest()
	}
	r := c.need()
	n, err := c.TryRead(r.in.Space())
	switch {
	case n > 0:
		c.received(n)
		return onward
	case err == http1.ErrWouldBlock:
		return c.rest()
	}
	return c.close(CloseClient)
}

// rest has c wait for input, with no buffer if nothing has come.
func (c *conn) rest() step {
	if c.request != nil && c.request.in.Empty() {
		c.release()
	}
	c.Watch()
	return wait
}

// received accounts for n bytes just read.
func (c *conn) received(n int) {
	c.request.in.Add(n, c.engine.now())
	c.engine.counters.received.Add(uint64(n))
}
