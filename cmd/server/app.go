package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"

	"millpond/metrics"
	"millpond/server"
)

// app is a server of the chosen model, what measures it, and its control lane.
type app struct {
	opts     *options
	log      *slog.Logger
	service  service
	bound    string // on the requests that run and wait, for people
	metrics  *metrics.Collector
	lane     server.Control
	draining atomic.Bool
}

// newApp has handler served under the model that opts choose, with the control
// lane where --admin-addr wants it.
func newApp(opts *options, handler http.Handler, log *slog.Logger) (*app, error) {
	a := &app{opts: opts, log: log}
	if opts.Model == modelNetHTTP {
		a.useNetHTTP(handler)
		return a, nil
	}
	return a, a.useServer(handler)
}

// useServer serves by a server of ours, which has a control lane of its own.
func (a *app) useServer(handler http.Handler) error {
	srv := a.opts.newServer(a.log)
	a.addLane(metrics.New(srv))
	srv.Handler, srv.Control = handler, a.lane
	if a.opts.AdminAddr != "" {
		srv.Handler, srv.Control = a.hideLane(handler), server.Control{}
	}
	limits, err := srv.Limits()
	a.service, a.bound = srv, boundOf(limits)
	return err
}

// useNetHTTP serves by the standard library's server with its defaults.
func (a *app) useNetHTTP(handler http.Handler) {
	srv := &http.Server{
		Handler:  handler,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelError),
	}
	a.addLane(metrics.NewNetHTTP(srv))
	if a.opts.AdminAddr != "" {
		srv.Handler = a.hideLane(srv.Handler)
	} else {
		srv.Handler = a.lane.Handler(a.draining.Load, srv.Handler)
	}
	a.service, a.bound = srv, "net/http defaults, no bound"
}

// boundOf describes limits in a few words.
func boundOf(l server.Limits) string {
	switch l.Model {
	case server.ModelPool:
		return fmt.Sprintf("%d workers, queue %d", l.Workers, l.Queue)
	case server.ModelThread:
		return fmt.Sprintf("at most %d threads", l.MaxThreads)
	}
	return "no bound"
}

// readyLine says where and how the app serves.
func (a *app) readyLine(addr net.Addr) string {
	return fmt.Sprintf("millpond: serving %s (model %s, %s)", url(addr), a.opts.Model, a.bound)
}
