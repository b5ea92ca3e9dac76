package server

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"millpond/pool"
)

// run serves the request, on a worker.
func (in *inbound) run(worker context.Context, _ time.Time) {
	c := in.conn
	if c.has(reset) {
		c.engine.counters.inFlight.Add(-1)
		c.close(CloseClient) // nobody is there to read the answer
		return
	}
	if c.serveRequest(worker) {
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

// serveRequest has the handler answer the request. It is true if c is the
// caller's then, to go on with its next request. A panic of the handler is
// reported and, on a worker, goes on to the pool, which counts it.
func (c *conn) serveRequest(worker context.Context) (mine bool) {
	w, err := c.newResponse(worker)
	if err != nil {
		c.engine.set.log.Error("a head passed the scanner and not net/http", slog.Any("error", err))
		c.engine.counters.inFlight.Add(-1)
		c.refuse(faultRequestLine)
		return false
	}
	returned := false
	defer func() {
		w.ctx.end()
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
	handlerOf(c.in.handler, w.req).ServeHTTP(w, w.req)
	mine = w.finish()
	returned = true
	return mine
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
