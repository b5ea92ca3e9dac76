package server

import "millpond/server/internal/poll"

// enroll takes a new connection into all accounts. From here on it has a timer.
func (e *engine) enroll(c *conn) {
	e.counters.accepted.Add(1)
	e.counters.conns[StateNew].Add(1)
	c.slot = e.conns.add(c)
	if e.conns.size() >= e.maxConns {
		e.gate.update(shutByCap, e.isFull) // one may have left just before
	}
	c.arm()
	if e.life.isCutting() {
		c.parking.Signal(poll.Reset) // Close may not have seen it
	}
	e.trace.accepted()
}

// departed opens the gate again after a connection has left.
func (e *engine) departed() {
	if e.gate.isShut(shutByCap) {
		e.gate.update(shutByCap, e.isFull)
	}
}

func (e *engine) isFull() bool { return e.conns.size() >= e.maxConns }
