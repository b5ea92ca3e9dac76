package main

import (
	"cmp"
	"context"
	"log/slog"
	"net"

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

// service is what every model is: a *server.Server or an *http.Server.
type service interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
	Close() error
}

// newServer returns a server of ours with the limits that the flags give. In the
// models without a pool, Pool and Overflow have no effect.
func (o *options) newServer(log *slog.Logger) *server.Server {
	cfg := pool.Config{
		Workers:    o.Workers.most,
		MinWorkers: o.leastWorkers(),
		Discipline: map[string]pool.Discipline{"adaptive": pool.Adaptive, "fifo": pool.FIFO}[o.Discipline],
		MaxWait:    o.MaxWait,
	}
	switch {
	case o.Queue == nil: // the default of the pool
	case *o.Queue == 0:
		cfg.Queue = -1 // None waits; a zero would be the default.
	default:
		cfg.Queue = *o.Queue
	}
	return &server.Server{
		Pool: cfg,
		Model: map[string]server.Model{
			modelPool: server.ModelPool, modelGoroutine: server.ModelGoroutine, modelThread: server.ModelThread,
		}[o.Model],
		Overflow: map[string]server.Overflow{
			"reject": server.OverflowReject, "block": server.OverflowBlock,
		}[o.Overflow],
		Classes:           o.classes(),
		FairBy:            o.FairBy,
		TrustedProxies:    o.TrustedProxy,
		ServerTiming:      o.ServerTiming,
		Refusals:          o.refusals(),
		UnreadyAfter:      o.UnreadyAfter,
		ReadHeaderTimeout: o.HeadTimeout,
		ReadTimeout:       o.BodyTimeout,
		WriteTimeout:      o.WriteTimeout,
		MinRate:           cmp.Or(o.MinRate, -1),
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    int(o.MaxHead),
		MaxBodyBytes:      int64(o.MaxBody),
		BodyBuffer:        cmp.Or(int(o.BodyBuffer), -1),
		WriteBuffer:       cmp.Or(int(o.WriteBuffer), -1),
		BufferMemory:      int64(o.BufferMemory),
		Streams:           o.Streams,
		MaxConns:          o.MaxConns,
		Logger:            log,
	}
}
