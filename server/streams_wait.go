package server

import (
	"context"

	"millpond/server/internal/http1"
)

// Wait calls f, and has the handler give its place in the pool to others
// meanwhile: it takes one again before Wait returns. It is for a handler that
// waits for something that needs no worker, as one of server-sent events does
// between them, or one that answers when there is news:
//
//	server.Wait(r.Context(), func() {
//		select {
//		case event = <-events:
//		case <-r.Context().Done():
//		}
//	})
//
// The context is that of the request, or derived from it. With any other one, and
// in the models without a pool, f is just called. The error says that there are
// [Server].Streams without a place already, and f was not called.
func Wait(ctx context.Context, f func()) error {
	if x := http1.FromContext(ctx); x != nil {
		return x.WithoutPlace(f)
	}
	f()
	return nil
}

// Detach gives the handler's place in the pool to others for good: the handler
// goes on without one until it returns. It is for a handler that mostly waits,
// but not where it could call [Wait], as one of a library that streams. Nothing
// but [Server].Streams bounds how many of these run. The error says that there
// are as many already.
func Detach(ctx context.Context) error {
	if x := http1.FromContext(ctx); x != nil {
		return x.GiveUpPlace()
	}
	return nil
}

// Leave implements http1.Holder: the handler gives its place in the pool back.
func (c *conn) Leave() bool {
	e, r := c.engine, c.request
	if r.worker == nil {
		return true // it holds none
	}
	if !e.streams.take() {
		e.counters.shed[ShedStreams].Add(1)
		e.trace.shed(ShedStreams)
		return false
	}
	r.pool.Leave(r.worker)
	r.away = true
	return true
}

// Return implements http1.Holder: the handler takes a place again.
func (c *conn) Return() {
	if r := c.request; r.worker != nil {
		r.pool.Return(r.worker)
		r.away = false
		c.engine.streams.give()
	}
}
