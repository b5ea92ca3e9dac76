package server

import "millpond/server/internal/poll"

// visitSteps bounds how far a connection is moved on in one visit, so that a
// client that pipelines thousands of requests does not keep the others waiting.
const visitSteps = 64

// drive moves c on, for its owner, until it is parked, closed, or somebody
// else's. It waits for a client only where the link does, which then needs the
// goroutine to notice what comes.
func (c *conn) drive() {
	defer c.survive()
	for steps, next := 1, onward; next == onward; steps++ {
		next = c.move()
		if next == onward && steps%visitSteps == 0 {
			next = yield
		}
		next = c.settle(next)
	}
}

// settle does what a stage wants of the driver. It returns onward if c has not to
// wait, because what it would wait for has come, and else gone.
func (c *conn) settle(next step) step {
	switch next {
	case yield:
		c.engine.turns.yield(func() { c.engine.moveOn(c) })
		return gone
	case wait:
		if c.Park(c.state.waitsFor()) {
			return gone
		}
		return onward
	}
	return next
}

// move calls the stage for the state that c is in.
func (c *conn) move() step {
	if c.parking.Has(poll.Reset|poll.Expired|poll.Squeezed) && c.state.waitsFor() != 0 {
		switch {
		case c.parking.Has(poll.Reset):
			return c.lost()
		case c.isExpired():
			return c.expire()
		case c.parking.Has(poll.Squeezed) && (c.state == stateReading || c.state == stateBuffering):
			return c.turnAway(ShedMemory)
		}
	}
	switch c.state {
	case stateNew, stateIdle, stateReading:
		return c.read()
	case stateBuffering:
		return c.buffer()
	case stateAdmitting:
		return c.admit(c.engine.dispatch)
	case stateServing:
		return c.conclude()
	case stateReplying:
		return c.reply()
	case stateLingering:
		return c.linger()
	case stateHijacked:
		return c.handOver()
	}
	return gone
}

// event is called by whoever notices that something happened to c.
func (c *conn) event(signals poll.Signals) {
	if c.parking.Signal(signals) {
		c.resume()
		return
	}
	c.Notify(signals)
	if signals&(poll.HalfClosed|poll.Reset) != 0 {
		c.cancelRequest()
	}
	if x := c.serving.Load(); x != nil && signals&poll.Readable != 0 {
		x.Came()
	}
	if signals&poll.Writable != 0 {
		c.flushRequest()
	}
}
