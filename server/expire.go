package server

import (
	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// isExpired reports whether the time is up that the state of c has. A timer
// that ran out in an earlier state does not count.
func (c *conn) isExpired() bool {
	if !c.parking.Has(poll.Expired) {
		return false
	}
	switch c.state {
	case stateReplying:
		return c.request.timed
	case stateReading, stateBuffering:
		return c.request.timed && !c.parking.Has(poll.Readable)
	case stateLingering:
		return true
	}
	return !c.parking.Has(poll.Readable)
}

// expire ends a wait that has taken too long.
func (c *conn) expire() step {
	switch c.state {
	case stateReading:
		return c.refuse(http1.FaultHeadTimeout)
	case stateNew:
		return c.closeUnlessAsked(CloseHead)
	case stateIdle:
		return c.closeUnlessAsked(CloseIdle)
	case stateReplying:
		if c.waitOn(c.request.reply.out.Sent() - int64(c.Untaken())) {
			return onward
		}
		return c.close(CloseWrite) // the client does not take it
	case stateBuffering:
		return c.bodyStalls()
	}
	return c.close(c.why)
}

// closeUnlessAsked closes c unless a request has just arrived, which no signal
// may have told of yet.
func (c *conn) closeUnlessAsked(why CloseReason) step {
	n, _ := c.TryRead(c.need().in.Space())
	if n > 0 {
		c.received(n)
		c.parking.Clear(poll.Expired)
		return onward
	}
	if c.engine.life.isDraining() {
		why = CloseDrain
	}
	return c.close(why)
}
