package server

import (
	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// visitBytes bounds what is discarded of a connection in one visit, so
// that a client that uploads what nobody wants does not keep the others
// waiting.
const visitBytes = 256 << 10

// startLingering ends the output of c and drains its input for a while, so
// that the client can read the answer before the connection goes.
func (c *conn) startLingering() step {
	if c.CloseWrite() != nil {
		return c.close(c.why)
	}
	c.enter(stateLingering)
	c.arm()
	if c.engine.crowded.Load() && !c.parking.Has(poll.Readable) {
		return c.close(c.why) // nothing is unread now, so the answer is safe for the time being
	}
	return onward
}

// linger discards input, within bounds, until the client closes.
func (c *conn) linger() step {
	e := c.engine
	scratch := c.need().in
	defer c.release()
	for visited := 0; visited <= visitBytes; {
		n, err := c.TryRead(scratch.Space())
		visited += n
		c.drained += int64(n)
		switch {
		case c.drained > e.maxDrain:
			return c.close(c.why)
		case err == http1.ErrWouldBlock:
			return wait
		case err != nil:
			return c.close(c.why)
		}
	}
	return yield
}
