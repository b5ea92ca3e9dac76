package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"runtime"

	"millpond/metrics"
	"millpond/pool"
	"millpond/server"
)

// The models, as --model names them.
const (
	modelPool      = "pool"
	modelGoroutine = "goroutine"
	modelThread    = "thread"
	modelNetHTTP   = "nethttp"
)

// queuePerWorker is the default of --queue.
const queuePerWorker = 64

// service is what every model is: a *server.Server or an *http.Server.
type service interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
	Close() error
}

// workers returns the size of the pool.
func (o *options) workers() int {
	if o.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return o.Workers
}

// queue returns the most requests that wait.
func (o *options) queue() int {
	if o.Queue == nil {
		return queuePerWorker * o.workers()
	}
	return *o.Queue
}

// readyLine says where and how millpond serves.
func (o *options) readyLine(addr net.Addr) string {
	has := map[string]string{
		modelPool:      fmt.Sprintf("%d workers, queue %d", o.workers(), o.queue()),
		modelGoroutine: "no bound",
		modelThread:    "at most 9000 threads",
		modelNetHTTP:   "net/http defaults, no bound",
	}
	return fmt.Sprintf("millpond: serving %s (model %s, %s)", url(addr), o.Model, has[o.Model])
}

// newServer returns a server of ours, and its metrics. In the models without a pool, Pool and Overflow have no effect.
func (o *options) newServer(log *slog.Logger) (*server.Server, *metrics.Metrics) {
	queue := 0 // The server's default.
	if o.Queue != nil {
		queue = *o.Queue
		if queue == 0 {
			queue = -1 // None waits.
		}
	}
	srv := &server.Server{
		Pool: pool.Config{Workers: o.workers(), Queue: queue},
		Model: map[string]server.Model{
			modelPool: server.ModelPool, modelGoroutine: server.ModelGoroutine, modelThread: server.ModelThread,
		}[o.Model],
		Overflow: map[string]server.Overflow{
			"reject": server.OverflowReject, "block": server.OverflowBlock,
		}[o.Overflow],
		ReadHeaderTimeout: o.HeadTimeout,
		ReadTimeout:       o.BodyTimeout,
		WriteTimeout:      o.WriteTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    int(o.MaxHead),
		MaxBodyBytes:      int64(o.MaxBody),
		MaxConns:          o.MaxConns,
		ErrorLog:          log,
	}
	cfg := metrics.Config{Model: o.Model, Stats: srv.Stats, ErrorLog: log}
	if o.Model == modelPool {
		cfg.Overflow = o.Overflow
	}
	m := metrics.New(cfg)
	srv.Trace, srv.Pool.Trace = m.Trace(), m.PoolTrace()
	return srv, m
}
