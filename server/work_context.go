package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// A requestContext is the context of a request. It ends when the client
// leaves, when the handler returns, and with the server's base context. The
// worker's context is in it too, so that a handler can use pool.Map. Most
// handlers never ask it anything, so what a context costs is made on demand.
type requestContext struct {
	w      *response
	worker context.Context

	mu     sync.Mutex
	inner  context.Context // made by the first call of use
	cancel context.CancelFunc
	ended  bool
}

// use returns the context that does the work.
func (ctx *requestContext) use() context.Context {
	ctx.mu.Lock()
	defer ctx.mu.Unlock()
	if ctx.inner == nil {
		ctx.inner, ctx.cancel = context.WithCancel(ctx.w.conn.base)
		if ctx.ended {
			ctx.cancel()
		}
	}
	return ctx.inner
}

// end cancels the context.
func (ctx *requestContext) end() {
	ctx.mu.Lock()
	cancel := ctx.cancel
	ctx.ended = true
	ctx.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// Deadline implements context.Context.
func (ctx *requestContext) Deadline() (time.Time, bool) { return ctx.w.conn.base.Deadline() }

// Done implements context.Context. On a link that is not watched anyway,
// watching for the client's leaving begins with the first call.
func (ctx *requestContext) Done() <-chan struct{} {
	ctx.w.watchClient()
	return ctx.use().Done()
}

// Err implements context.Context.
func (ctx *requestContext) Err() error {
	ctx.w.watchClient()
	return ctx.use().Err()
}

// Value implements context.Context.
func (ctx *requestContext) Value(key any) any {
	if key == http.LocalAddrContextKey {
		return ctx.w.localAddr()
	}
	if v := ctx.use().Value(key); v != nil {
		return v
	}
	return ctx.worker.Value(key)
}
