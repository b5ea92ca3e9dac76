package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

// fastUnbounded is fasthttp with its default Concurrency, so large that a
// benchmark never meets it.
func fastUnbounded(_ options, handler http.Handler, log *slog.Logger) (peer, string, error) {
	return newFast(fasthttp.DefaultConcurrency, handler, log), fmt.Sprintf("concurrency %d", fasthttp.DefaultConcurrency), nil
}

// fastBounded is fasthttp with Concurrency set. It bounds connections and has
// no queue, so the limit is everything that millpond would admit.
func fastBounded(o options, handler http.Handler, log *slog.Logger) (peer, string, error) {
	n := o.Workers + o.Queue
	return newFast(n, handler, log), fmt.Sprintf("concurrency %d", n), nil
}

// newFast runs the very same handlers through fasthttpadaptor, except for
// GET /, which is written for fasthttp: the adaptor costs about as much as that
// whole request, and fasthttp would be judged by it. Beside a /task of some
// milliseconds the adaptor does not show.
func newFast(concurrency int, handler http.Handler, log *slog.Logger) fast {
	adapted := fasthttpadaptor.NewFastHTTPHandler(handler)
	return fast{&fasthttp.Server{
		Concurrency:     concurrency,
		Handler:         func(ctx *fasthttp.RequestCtx) { serveFast(ctx, adapted) },
		CloseOnShutdown: true,
		Logger:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}
}

func serveFast(ctx *fasthttp.RequestCtx, adapted fasthttp.RequestHandler) {
	if !ctx.IsGet() || string(ctx.Path()) != "/" {
		adapted(ctx)
		return
	}
	ctx.SetContentType("text/plain; charset=utf-8")
	ctx.Response.Header.Set("X-Content-Type-Options", "nosniff")
	fmt.Fprintf(ctx, "Hello, %s!", ctx.RemoteIP())
}

// fast gives a fasthttp.Server the methods of a peer.
type fast struct{ server *fasthttp.Server }

// Serve returns nil after Shutdown.
func (f fast) Serve(l net.Listener) error { return f.server.Serve(l) }

// Shutdown waits for connections to close, until ctx ends.
func (f fast) Shutdown(ctx context.Context) error { return f.server.ShutdownWithContext(ctx) }
