package server

import (
	"net/http"

	"millpond/server/internal/poll"
)

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
	if e.connContext != nil {
		if c.peer.Base = e.connContext(c.peer.Base, c.netConn()); c.peer.Base == nil {
			panic("server: ConnContext returned nil")
		}
	}
	c.showState(http.StateNew)
}

// departed opens the gate again after a connection has left.
func (e *engine) departed() {
	if e.gate.isShut(shutByCap) {
		e.crowded.Store(false) // who still wants to come in will be seen anew
		e.gate.update(shutByCap, e.isFull)
	}
	if e.life.isDraining() {
		e.life.roomCame()
	}
}

// makeRoom is called when somebody wants to come in, and MaxConns are open:
// the connection that has been idle longest has to leave. If there is none,
// the next that has had its answer leaves.
func (e *engine) makeRoom() {
	e.crowded.Store(true)
	e.timers.expireFirst(stateIdle)
}

func (e *engine) isFull() bool { return e.conns.size() >= e.maxConns }
