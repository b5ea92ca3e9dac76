package server

import (
	"context"
	"net/http"
	"time"

	"millpond/pool"
	"millpond/server/internal/http1"
)

// A request is what a connection has only while a request of its arrives,
// waits, is served or answered. It belongs to the owner of the connection, and
// is reused.
type request struct {
	task pool.Task    // its functions are made once
	in   *http1.Input // what was read and not yet consumed
	errand
	patience patience // with the client, while timed; begins with that
}

// An errand is what a request has to do for its connection.
type errand struct {
	conn     *conn
	unread   time.Duration // for so long its connection waited for room before it was read
	origin   Origin        // who answers it
	inFlight bool          // it was read, and is not answered yet
	timed    bool          // the timer of the connection's state is armed
	routed
	service
	reply reply
}

// routed is what is decided of a request before it is dispatched.
type routed struct {
	handler http.Handler
	pool    *pool.Pool // that runs it
}

// A service is the work of a handler on a request.
type service struct {
	exchange *http1.Exchange // nil until a handler is to answer it
	cancel   func()          // of the context with the deadline; nil if there is none
	worker   context.Context // of the pool, whose place the handler holds; nil if it holds none
	away     bool            // it has given that back
}

// A reply is the answer to a request while it goes out.
type reply struct {
	out    *http1.Output // what is left of it
	last   bool          // the connection closes after it
	clean  bool          // and then nothing of its requests was left unread
	due    bool          // it is to be reported
	access *Access       // for the log, if there is one
	report *Request      // as it was when the client was first waited for; nil if it was not
	prebuilt
}

// A prebuilt is what is reported of an answer that no handler gave.
type prebuilt struct {
	method   string
	status   int
	received int64
}

// need returns the request of c, a new one if it has none.
func (c *conn) need() *request {
	if c.request == nil {
		r := c.engine.requests.Get().(*request)
		if r.in == nil {
			r.in = c.engine.http.NewInput()
		}
		r.conn, c.request = c, r
	}
	return c.request
}

// release gives back what c has for a request.
func (c *conn) release() {
	r := c.request
	if r == nil {
		return
	}
	c.request = nil
	if !r.in.Reset() {
		r.in = nil
	}
	r.end()
	r.conn = nil
	c.engine.requests.Put(r)
}

// end ends what r had to do, and gives back what is left of the answer.
func (r *request) end() {
	if r.reply.out != nil {
		r.reply.out.Release()
	}
	if r.cancel != nil {
		r.cancel()
	}
	r.errand = errand{conn: r.conn}
}

// abandonRequest gives up the request of a connection that closes, and returns
// what is to be reported of it.
func (c *conn) abandonRequest() (last *Request, access *Access) {
	r := c.request
	if r == nil {
		return nil, nil
	}
	defer c.release()
	access = r.reply.access
	switch {
	case r.reply.due:
		report := r.report(c.engine.now())
		return &report, access
	case r.inFlight:
		c.landed()
		return &Request{Origin: r.origin, Method: r.in.Method(), Received: int64(r.in.Head().Size), Duration: r.took(c.engine.now())}, access
	}
	return nil, nil
}

// took is the duration of r, if it ends now.
func (r *request) took(now time.Duration) time.Duration { return now - r.in.Began() + r.unread }

// answered ends the time in flight of a request whose answer is in out.
func (c *conn) answered(out *http1.Output) {
	r := c.request
	c.landed()
	r.timed = false
	r.reply.out, r.reply.due = out, true
}

// report is what is reported of r, whose answer goes out no further. It is put
// together only then: to keep it until an answer is out, which is at once as a
// rule, costs every request two cache lines.
func (r *request) report(now time.Duration) Request {
	q := Request{Origin: r.origin, Duration: r.took(now)}
	if kept := r.reply.report; kept != nil {
		kept.Sent, kept.Duration = r.reply.out.Sent(), q.Duration
		return *kept
	}
	if r.exchange == nil {
		p := &r.reply.prebuilt
		q.Method, q.Status, q.Received, q.Sent = p.method, p.status, p.received, r.reply.out.Sent()
		return q
	}
	o := r.exchange.Outcome()
	q.Method, q.Route, q.TraceID, q.Status = o.Method, o.Route, o.TraceID, o.Status
	q.Received, q.Sent = o.Received, o.Sent
	return q
}

// landed ends the time in flight of the request of c.
func (c *conn) landed() {
	if r := c.request; r.inFlight {
		r.inFlight = false
		c.engine.counters.inFlight.Add(-1)
	}
}

// report tells the hooks of a request that has ended, if there is one.
func (e *engine) report(r *Request, a *Access) {
	if r == nil {
		return
	}
	e.counters.sent.Add(uint64(r.Sent))
	e.trace.done(*r)
	if a != nil {
		a.Request = *r
		e.trace.accessed(a)
	}
}

// A patience is how long a connection waits for its client to send a body, or to
// take an answer, while nobody works on it. It is looked at when the timer of the
// state runs out.
type patience struct {
	pace  http1.Pace
	due   time.Duration // it must be done then; 0 is never
	since time.Duration // pace is up to date with that
	moved int64         // and this is what the client had moved then
}
