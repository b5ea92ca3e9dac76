package server

import (
	"net/http"
	"time"

	"millpond/server/internal/poll"
)

// list takes c into the table. From here on Shutdown waits for it.
func (c *conn) list() { c.slot = c.engine.conns.add(c) }

// enroll takes a new connection, which is listed, into all other accounts. From here
// on it has a timer.
func (e *engine) enroll(c *conn) {
	e.counters.accepted.Add(1)
	e.counters.conns[StateNew].Add(1)
	if e.isFull() {
		e.watchCap(false) // one may have left just before
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
		e.watchCap(false)
	}
}

// watchCap shuts the gate while MaxConns are open. Then others want to come in, if
// that is so now or was before; once there is room, they will be seen anew.
func (e *engine) watchCap(wanted bool) {
	e.gate.update(shutByCap, func() (full bool) {
		full = e.isFull()
		e.crowded.Store(full && (wanted || e.crowded.Load()))
		return full
	})
}

// crowdedHeadTime is what a head has, at MaxConns, before its connection leaves for
// another: nearly all come within a round trip.
const crowdedHeadTime = 2 * time.Second

// makeRoom is called when somebody wants to come in, and MaxConns are open. If
// nobody can be done without, the next that has had its answer leaves.
func (e *engine) makeRoom() {
	e.watchCap(true) // one may have left just before
	e.keepMakingRoom()
}

// keepMakingRoom has those leave who could be done without only after a while, if
// somebody still waits for that.
func (e *engine) keepMakingRoom() {
	if e.crowded.Load() {
		e.closeOldest()
	}
}

// closeOldest has the time run out of the connection that can best be done without:
// the one that has been idle, or had its last answer, for longest, or else the one
// that has owed a head longest.
func (e *engine) closeOldest() {
	c, ok := e.timers.evict(poll.Expired, never, stateIdle, stateLingering)
	if !ok {
		c, ok = e.timers.evict(poll.Expired, e.now()-crowdedHeadTime, stateNew, stateReading)
	}
	if ok {
		e.moveOn(c)
	}
}

func (e *engine) isFull() bool { return e.conns.size() >= e.maxConns }
