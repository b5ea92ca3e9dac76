package server

import (
	"context"
	"sync/atomic"
)

// A conn is a connection on its way through the stages. It has one owner at a
// time (park.go): what is not atomic and not guarded belongs to the owner.
// While it is parked between requests it holds no buffer, no goroutine and no
// worker.
type conn struct {
	engine *engine
	base   context.Context // of its requests
	link   link
	state  atomic.Uint32
	slot   slot  // in the table
	phase  State // where it is on its way, as Stats counts it
	timed  timed // guarded by timers.mu

	in      *inbound  // bytes read and not yet consumed; nil if there are none
	turn    bool      // it comes from the ready list, and goes before those in it
	reply   *response // that unsent belongs to, until it is reported
	unsent  []byte    // end of an answer, to be sent
	out     *outbound // that unsent is in, if it is not prebuilt
	closing bool      // the connection closes behind the answer
	clean   bool      // and then nothing of its requests was left unread
	last    CloseReason
	drained int64  // bytes, while closing
	remote  string // RemoteAddr of its requests, made for the first
	serving atomic.Pointer[response]
}

func (e *engine) newConn(base context.Context) *conn { return &conn{engine: e, base: base} }

// enter moves c to another state.
func (c *conn) enter(next State) {
	if c.phase == next {
		return
	}
	e := c.engine
	e.counters.conns[c.phase].Add(-1)
	e.counters.conns[next].Add(1)
	if hook := e.set.trace.StateMoved; hook != nil {
		hook(c.phase, next)
	}
	c.phase = next
}

// close ends c. Only its owner calls it, once.
func (c *conn) close(why CloseReason) {
	c.leave(why)
	c.link.Close()
}

// leave takes c out of all books, so that its link can be closed or given
// away.
func (c *conn) leave(why CloseReason) {
	c.state.Store(closed)
	e := c.engine
	if e.cutting.Load() {
		why = CloseCut
	}
	e.timers.disarm(c)
	c.cancelRequest()
	c.releaseInput()
	if c.reply != nil {
		c.reply.sent -= int64(len(c.unsent))
		c.reply.report(e.now())
	}
	c.unsent, c.out, c.reply = nil, nil, nil
	e.counters.conns[c.phase].Add(-1)
	e.counters.closed[why].Add(1)
	if hook := e.set.trace.Closed; hook != nil {
		hook(why)
	}
	e.conns.remove(c)
}

// cancelRequest ends the context of the request being served, if there is one.
func (c *conn) cancelRequest() {
	if w := c.serving.Load(); w != nil {
		w.ctx.end()
	}
}
