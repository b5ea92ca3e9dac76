package server

import (
	"io"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// buffer takes in the body of a request, as far as that needs no waiting, until
// it is whole or as much of it has come as is read ahead. So a worker does not
// wait for the client, and a body that is malformed is refused whatever the
// handler does with it.
func (c *conn) buffer() step {
	for {
		switch enough, fault := c.request.in.ScanBody(); {
		case fault != nil:
			return c.refuse(fault)
		case enough && c.request.in.IsLarge() && c.engine.streams.full():
			return c.turnAway(ShedStreams)
		case enough:
			c.enter(stateAdmitting)
			return onward
		}
		if next, more := c.fill(); !more {
			return next
		}
	}
}

// bodyStalls is called now and then while a body does not come. The client may
// wait for a part of the answer before it goes on, if it may be that the body is
// not read ahead as a whole anyway: then the handler gets to see what has come.
func (c *conn) bodyStalls() step {
	in := c.request.in
	came := int64(len(in.Pending()) - in.Head().Size)
	silent := came == c.request.patience.moved
	if !c.waitOn(came) {
		return c.refuse(http1.FaultBodyTimeout)
	}
	if silent && in.IsLarge() && c.engine.streams.plenty() {
		c.enter(stateAdmitting)
	}
	return onward
}

// ended is what becomes of a connection whose client has sent its last byte.
func (c *conn) ended(err error) step {
	if err == io.EOF && c.state == stateBuffering {
		return c.refuse(http1.FaultBodyCut)
	}
	return c.close(CloseClient)
}

// keep accounts for what c has read of a request and cannot go on with yet. If
// there is no memory for it, those who have waited longest for the rest of theirs
// are shed, and c itself if there is nobody else.
func (c *conn) keep() bool {
	for !c.request.in.Keep(c.engine.http.Memory) {
		if !c.engine.squeeze() {
			return false
		}
	}
	return true
}

// squeeze sheds the one that has waited longest for the rest of its request.
func (e *engine) squeeze() bool {
	c, ok := e.timers.evict(poll.Squeezed, never, stateReading, stateBuffering)
	if ok {
		c.request.in.Forget()
		e.moveOn(c)
	}
	return ok
}
