package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"millpond/pool"
	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// newRequest makes a request, and its task.
func newRequest() any {
	r := &request{}
	r.task = pool.Task{Run: r.run, Done: r.done, Drop: r.drop, Gone: r.gone}
	return r
}

// run has a handler answer the request, on a worker. A panic of the handler goes
// on to the pool, which counts it.
func (r *request) run(worker context.Context, queued time.Time) {
	r.conn.enter(stateServing)
	r.serve(worker, queued)
	if x := r.exchange; x != nil && x.Panicked() {
		panic(handlerPanic{x.Outcome().Panic})
	}
}

// done goes on when the worker's place is given back. The last bytes of an
// answer, and all that follows, are left to this time: the client that reads
// them may send its next request at once, which must not find its own
// predecessor in the way.
func (r *request) done() {
	if c := r.conn; c.Waits() {
		go r.resume() // what it sends may wait for the client, and a worker does not
		return
	}
	r.conn.resume()
}

// resume is that of its connection, on a new goroutine.
func (r *request) resume() {
	growStack(false)
	r.conn.resume()
}

// drop sheds the request, which the pool has given up.
func (r *request) drop(why pool.DropReason, queued time.Time) {
	c := r.conn
	defer c.survive()
	if a := r.reply.access; a != nil {
		a.Queued = time.Since(queued)
	}
	if why == pool.DropGone {
		c.close(CloseClient)
		return
	}
	c.shed(dropped[why])
	c.engine.moveOn(c)
}

// gone reports whether the client has left. One that has only ended its output
// still gets its answer.
func (r *request) gone() bool { return r.conn.parking.Has(poll.Reset) }

// serve has the handler answer the request.
func (r *request) serve(worker context.Context, queued time.Time) {
	c := r.conn
	if c.parking.Has(poll.Reset) {
		return // nobody is there to read the answer
	}
	if c.engine.http.Pooled {
		r.worker = worker
		defer r.leftForGood()
	}
	peer := c.meet()
	if !r.task.Deadline.IsZero() {
		hurried := *peer
		hurried.Base, r.cancel = context.WithDeadline(peer.Base, r.task.Deadline)
		peer = &hurried
	}
	x := http1.NewExchange(&c.engine.http, c, r.in, peer, worker)
	if c.engine.serverTiming {
		x.Queued(queued)
	}
	r.exchange = x
	c.serving.Store(x)
	if c.parking.Has(poll.HalfClosed | poll.Reset) {
		x.Cancel()
	}
	if a := r.reply.access; a != nil {
		defer a.runs(worker)()
	}
	x.Serve(r.handler)
	if x.Panicked() {
		o := x.Outcome()
		c.handlerPanicked(&o)
	}
}

// leftForGood is for a handler that has ended without a place.
func (r *request) leftForGood() {
	if r.away {
		r.away = false
		r.conn.engine.streams.give()
	}
}

// meet finds out, for the first request of c, who the peer is.
func (c *conn) meet() *http1.Peer {
	if c.peer.Remote == "" {
		c.peer.Remote = c.RemoteAddr().String()
		if tc, ok := c.netConn().(interface{ ConnectionState() tls.ConnectionState }); ok {
			state := tc.ConnectionState()
			c.peer.TLS = &state
		}
	}
	return &c.peer
}

// Detach implements http1.Transport: a handler takes the connection, and from
// here on the server neither closes it nor counts it, unless a hook panics: then
// the handler does not get it.
func (c *conn) Detach() (nc net.Conn, ahead []byte, err error) {
	nc, ahead, err = c.Link.Detach()
	why := c.withdraw(CloseHijacked)
	c.landed()
	told := false
	defer func() {
		if !told && err == nil {
			nc.Close()
		}
		c.engine.conns.remove(c.slot)
	}()
	c.enter(stateHijacked)
	c.engine.trace.closed(why)
	told = true
	return nc, ahead, err
}

// handOver ends what the server has to do with a connection that a handler has
// taken, when that has returned.
func (c *conn) handOver() step {
	c.serving.Store(nil)
	c.enter(stateClosed)
	c.answered(nil)
	c.engine.report(c.abandonRequest())
	return gone
}

// conclude does with the connection what the outcome of its request says.
func (c *conn) conclude() step {
	r := c.request
	c.serving.Store(nil)
	if r.exchange == nil {
		return c.close(CloseClient)
	}
	o := r.exchange.Outcome()
	if o.Fault != nil {
		c.noteReason(faultReason(o.Fault))
	}
	c.why = closeReasons[o.Why]
	c.answered(o.Output)                                                   // before there is a hook, which may panic
	if o.Fault != nil && o.Fault.Status != http.StatusServiceUnavailable { // which was counted as shed
		c.engine.bad(o.Fault)
	}
	if o.Ending == http1.Aborted || o.Ending == http1.Failed {
		return c.close(c.why)
	}
	r.reply.last, r.reply.clean = o.Ending == http1.SentLast, o.Clean
	c.enter(stateReplying)
	return onward
}

// closeReasons are what the causes of package http1 are counted as.
var closeReasons = [...]CloseReason{
	http1.CauseNone:     CloseResponse,
	http1.CauseResponse: CloseResponse,
	http1.CauseBad:      CloseBad,
	http1.CauseHandler:  CloseHandler,
	http1.CauseWrite:    CloseWrite,
}
