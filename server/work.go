package server

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"millpond/pool"
)

// An ending is what becomes of a connection behind a request. The last bytes
// of a response, and all that follows, are left to the time when the worker's
// place is given back: the client that reads them may send its next request at
// once, which must not find its own predecessor in the way.
type ending uint8

const (
	endReply ending = iota // what is unsent goes out, and then the connection goes on
	endClose               // it is closed
	endGone                // a handler has taken it
)

// requestStack is what building, handling and answering a plain request takes.
const requestStack = 6 << 10

// run serves the request, on a worker.
func (in *inbound) run(worker context.Context, _ time.Time) {
	c := in.conn
	if c.has(reset) {
		e := c.engine
		e.counters.inFlight.Add(-1)
		in.ending, c.last = endClose, CloseClient // nobody is there to read the answer
		h := &in.scan.head
		c.report(Request{Method: h.method.String(), Received: int64(h.size), Duration: e.now() - in.began})
		return
	}
	growStack(false)
	c.serveRequest(worker)
}

// growStack makes the stack of the goroutine as large as a request needs, while
// it is shallow. A worker's goroutine is often new, and would otherwise grow its
// stack step by step, and copy it each time, on the way down to the handler.
//
//go:noinline
func growStack(use bool) (n int) {
	if use { // never: it is the size of the frame that counts
		var room [requestStack]byte
		for i := range room {
			room[i] = byte(n + i)
			n += int(room[i/2])
		}
	}
	return n
}

// done goes on where run has ended.
func (in *inbound) done() {
	c := in.conn
	if in.conclude() {
		c.proceed()
	}
}

// drop sheds the request, which the pool has given up.
func (in *inbound) drop(pool.DropReason, time.Time) {
	c := in.conn
	if c.shed(ShedDraining) {
		c.proceed()
	}
}

// serveRequest has the handler answer the request. A panic of the handler is
// reported and, on a worker, goes on to the pool, which counts it.
func (c *conn) serveRequest(worker context.Context) {
	w, err := c.newResponse(worker)
	if err != nil {
		c.engine.set.log.Error("a head passed the scanner and not net/http", slog.Any("error", err))
		c.engine.counters.inFlight.Add(-1)
		c.in.ending, c.last = endClose, CloseBad
		return
	}
	returned := false
	defer func() {
		w.ctx.end()
		if form := w.req.MultipartForm; form != nil {
			form.RemoveAll() // the temporary files of what was uploaded
		}
		if returned {
			return
		}
		value := recover() // nil if the handler has ended its goroutine
		c.handlerFailed(w, value)
		if value != nil && value != http.ErrAbortHandler && !c.engine.direct() {
			panic(value)
		}
	}()
	c.serving.Store(w)
	if c.has(halfShut | reset) {
		w.ctx.end()
	}
	handlerOf(c.in.handler, &w.req).ServeHTTP(w, &w.req)
	w.finish()
	returned = true
}

// conclude does what the request's ending says. It is true if the connection is
// the caller's then, to go on with its next request.
func (in *inbound) conclude() bool {
	c := in.conn
	switch in.ending {
	case endClose:
		c.close(c.last)
		return false
	case endGone:
		in.recycle()
		return false
	}
	return c.flush()
}

// serveHere has the handler answer the request on the connection's own
// goroutine. It is true if the connection is the caller's then.
func (c *conn) serveHere() bool {
	in, exits := c.in, true
	defer func() {
		if exits { // the handler has ended the goroutine
			go in.done()
		}
	}()
	c.serveRequest(context.Background())
	exits = false
	return in.conclude()
}

// handlerFailed ends a response whose handler did not return.
func (c *conn) handlerFailed(w *response, value any) {
	if value != nil && value != http.ErrAbortHandler {
		c.engine.set.log.Error("handler panicked",
			slog.Any("panic", value), slog.String("method", w.req.Method), slog.String("path", w.req.URL.Path),
			slog.String("remote", w.req.RemoteAddr), slog.String("stack", string(debug.Stack())))
		if hook := c.engine.set.trace.Panicked; hook != nil {
			hook(value)
		}
	}
	w.abort(value != http.ErrAbortHandler)
}

// handlerOf is h but for OPTIONS *, which asks for nothing but an answer.
func handlerOf(h http.Handler, r *http.Request) http.Handler {
	if r.RequestURI == "*" && r.Method == http.MethodOptions {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") })
	}
	return h
}
