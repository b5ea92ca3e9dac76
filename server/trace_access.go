package server

import (
	"context"
	"net/http"
	"time"

	"millpond/pool"
	"millpond/server/internal/http1"
)

// noteAccess begins what the log is to say of the request of c, if it is to say
// anything.
func (c *conn) noteAccess() *Access {
	e, r := c.engine, c.request
	if e.trace.Accessed == nil || r.reply.access != nil {
		return r.reply.access
	}
	a := &Access{At: time.Now(), Path: string(r.in.Path()), Client: c.ClientIP()}
	if r.in.Head().Size > 0 {
		a.Client = e.fairness.client(c)
	}
	r.reply.access = a
	return a
}

// noteClass begins it for a request that is to be answered.
func (c *conn) noteClass() {
	e, r := c.engine, c.request
	if a := c.noteAccess(); a != nil && r.origin == OriginHandler && r.pool != nil {
		a.Class = e.classes.name(e.classes.of(r.in.Path()))
	}
}

// noteReason notes why the request of c is not served as it should be.
func (c *conn) noteReason(why string) {
	if a := c.noteAccess(); a != nil {
		a.Reason = why
	}
}

// faultReason is the name of what a fault counts as.
func faultReason(f *http1.Fault) string {
	if f.Status == http.StatusServiceUnavailable {
		return ShedStreams.String()
	}
	return BadReason(f.Kind).String()
}

// runs notes that a handler begins now, and returns what notes that it has ended.
func (a *Access) runs(worker context.Context) (ended func()) {
	a.Queued, _ = pool.QueueWait(worker)
	began := time.Now()
	return func() { a.Run = time.Since(began) }
}
