package http1

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// A requestContext is an exchange as the context of its request. It ends when the
// client leaves, when the handler returns, and with the server's base context. The
// worker's context is in it too, for its values.
type requestContext Exchange

// A contextState is that of a requestContext. Most handlers never ask it anything,
// so what a context costs is made on demand.
//
// It has a lock of its own, because Cancel must not wait for a step of the
// exchange.
type contextState struct {
	mu    sync.Mutex
	inner *innerContext // made by the first call of use
	ended bool
	left  bool // because the client has
	kept  bool // it does not end with the client, whose connection is hijacked
}

// An innerContext is what a request's context costs.
type innerContext struct {
	context.Context
	cancel context.CancelFunc
	notify chan bool // made by CloseNotify
}

// use returns the context that does the work, derived from base.
func (ctx *contextState) use(base context.Context) *innerContext {
	ctx.mu.Lock()
	defer ctx.mu.Unlock()
	if ctx.inner == nil {
		inner, cancel := context.WithCancel(base)
		ctx.inner = &innerContext{Context: inner, cancel: cancel}
		if ctx.ended {
			cancel()
		}
	}
	return ctx.inner
}

// keep lets the context go on until the handler returns.
func (ctx *contextState) keep() {
	ctx.mu.Lock()
	defer ctx.mu.Unlock()
	ctx.kept = true
}

// end cancels the context. If the client has left, it does not if it is kept.
func (ctx *contextState) end(left bool) {
	ctx.mu.Lock()
	if left && ctx.kept {
		ctx.mu.Unlock()
		return
	}
	inner := ctx.inner
	ctx.left = ctx.left || left && !ctx.ended
	ctx.ended = true
	ctx.tell()
	ctx.mu.Unlock()
	if inner != nil {
		inner.cancel()
	}
}

// tell tells who has called CloseNotify that the client has left, once. It is
// called with mu held.
func (ctx *contextState) tell() {
	if inner := ctx.inner; ctx.left && inner != nil && inner.notify != nil && cap(inner.notify) > len(inner.notify) {
		inner.notify <- true
	}
}

// CloseNotify implements http.CloseNotifier, for those who do not use the
// context of the request yet.
func (x *Exchange) CloseNotify() <-chan bool {
	x.watchClient()
	ctx := &x.ctx
	inner := ctx.use(x.peer.Base)
	ctx.mu.Lock()
	defer ctx.mu.Unlock()
	if inner.notify == nil {
		inner.notify = make(chan bool, 1)
		ctx.tell()
	}
	return inner.notify
}

// use is the context that does the work.
func (ctx *requestContext) use() *innerContext { return ctx.ctx.use(ctx.peer.Base) }

// Deadline implements context.Context.
func (ctx *requestContext) Deadline() (time.Time, bool) { return ctx.peer.Base.Deadline() }

// Done implements context.Context. On a transport that is not watched anyway,
// watching for the client's leaving begins with the first call.
func (ctx *requestContext) Done() <-chan struct{} {
	(*Exchange)(ctx).watchClient()
	return ctx.use().Done()
}

// Err implements context.Context.
func (ctx *requestContext) Err() error {
	(*Exchange)(ctx).watchClient()
	return ctx.use().Err()
}

// Value implements context.Context.
func (ctx *requestContext) Value(key any) any {
	switch key {
	case http.LocalAddrContextKey:
		return ctx.t.LocalAddr()
	case exchangeKey{}:
		return (*Exchange)(ctx)
	}
	if v := ctx.use().Value(key); v != nil {
		return v
	}
	return ctx.worker.Value(key)
}

// watchClient has the context end when the client leaves. Some transports
// always do; another one only on demand, because it takes a goroutine that
// reads, and so not before the body is read.
func (x *Exchange) watchClient() {
	if !x.t.Waits() {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.watching {
		x.watching = true
		x.watch()
	}
}

// watch begins to watch, if that was asked for and is possible now.
func (x *Exchange) watch() {
	if x.watching && x.state < hijacked && (x.body == nil || x.body.ended) {
		x.t.Watch()
	}
}
