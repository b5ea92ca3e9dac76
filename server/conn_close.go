package server

import "net/http"

// close ends c. Only its owner calls it, once. It leaves the table last, whatever
// hooks do: who waits for it knows that all has been told.
func (c *conn) close(why CloseReason) step {
	why = c.withdraw(why)
	c.enter(stateClosed)
	last, access := c.abandonRequest()
	if why == CloseWrite {
		c.Abandon()
	}
	c.Link.Close()
	defer c.engine.conns.remove(c.slot)
	defer c.engine.trace.closed(why) // also when another hook panics
	defer c.showState(http.StateClosed)
	c.engine.report(last, access)
	return gone
}

// withdraw takes c out of all accounts but the table, so that its link can be
// closed or given away, and returns why it is said to have left.
func (c *conn) withdraw(why CloseReason) CloseReason {
	c.parking.Close()
	e := c.engine
	if e.life.isCutting() {
		why = CloseCut
	}
	e.timers.disarm(&c.timer)
	c.cancelRequest()
	e.counters.conns[publicState[c.state]].Add(-1)
	e.counters.closed[why].Add(1)
	return why
}

// lost closes a connection that is dead.
func (c *conn) lost() step {
	if c.state == stateLingering {
		return c.close(c.why)
	}
	return c.close(CloseClient)
}
