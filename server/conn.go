package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// A conn is a connection on its way through the stages. It has one owner at a
// time, as its state says (conn_state.go): what is not atomic and not guarded
// belongs to the owner. While it is parked between requests it holds no
// buffer, no goroutine and no worker. What each request needs comes first, as
// with a thousand connections every cache line of one has to be fetched.
type conn struct {
	poll.Link
	engine  *engine
	request *request // being read, served or answered; nil if there is none
	serving atomic.Pointer[http1.Exchange]
	parking poll.Parking
	state   state
	why     CloseReason // of its closing after its answer
	key     uint64      // of its peer, for fairness; 0 until it is asked for
	timer   timer[*conn]
	peer    http1.Peer // completed for the first request
	slot    poll.Tag   // in the table
	drained int64      // bytes, while lingering
}

// A step is what a stage wants of the driver next.
type step uint8

const (
	onward step = iota // call the stage for the state that the connection is in now
	wait               // park it until what its state waits for has come
	yield              // go on when others have had their turn
	gone               // nothing: it is closed, or somebody else owns it
)

// begin makes c, which is zero, a connection of e.
func (c *conn) begin(e *engine, base context.Context) { c.engine, c.peer.Base = e, base }

// parkedAt is where c is parked.
func (c *conn) parkedAt() *poll.Parking { return &c.parking }

// enter moves c to another state.
func (c *conn) enter(next state) {
	if moves[c.state]&(1<<next) == 0 {
		panic(fmt.Sprintf("server: a connection cannot go from %v to %v", c.state, next))
	}
	was := c.state
	from, to := publicState[was], publicState[next]
	c.state = next
	if from != to && next != stateClosed {
		c.engine.counters.conns[from].Add(-1)
		c.engine.counters.conns[to].Add(1)
		c.engine.trace.stateMoved(from, to)
	}
	c.showMove(was, next)
}

// arm sets the timer of c to that of its state.
func (c *conn) arm() { c.armAt(c.engine.now()) }

// armAt is arm at a time that the caller has just read.
func (c *conn) armAt(now time.Duration) { c.engine.timers.arm(&c.timer, c, c.state, now) }

// resume has c moved on by its driver, now that it has an owner again.
func (c *conn) resume() { c.engine.resume(c) }

// flushRequest sends what waits of the response being written, if there is one.
func (c *conn) flushRequest() {
	if x := c.serving.Load(); x != nil {
		x.Room()
	}
}

// cancelRequest ends the context of the request being served, if there is one.
func (c *conn) cancelRequest() {
	if x := c.serving.Load(); x != nil {
		x.Cancel()
	}
}

// netConn is c as ConnState and ConnContext show it: the connection that the
// listener has accepted, or what stands for one that never was a net.Conn.
func (c *conn) netConn() net.Conn {
	if on, ok := c.Link.(interface{ NetConn() net.Conn }); ok {
		return on.NetConn()
	}
	return publicConn{c.Link}
}

// showState calls ConnState, if there is one.
func (c *conn) showState(s http.ConnState) {
	if hook := c.engine.connState; hook != nil {
		hook(c.netConn(), s)
	}
}

// showMove calls ConnState if net/http tells the two states apart. To it, a
// connection is new or idle until a whole head has come, or been refused.
func (c *conn) showMove(from, to state) {
	switch {
	case c.engine.connState == nil:
	case to == stateAdmitting, to == stateReplying && from.waitsFor()&poll.Readable != 0:
		c.showState(http.StateActive)
	case from == stateReplying && (to == stateIdle || to == stateReading):
		c.showState(http.StateIdle)
	case to == stateHijacked:
		c.showState(http.StateHijacked)
	}
}
