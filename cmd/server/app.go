package main

import (
	"log/slog"
	"net/http"

	"millpond/metrics"
	"millpond/server"
	"millpond/server/demo"
)

// app is a server of the chosen model with its control lane.
type app struct {
	opts    *options
	log     *slog.Logger
	service service
	metrics *metrics.Metrics
	control *control
}

// newApp wires the parts up: the same handler under each model, and the control lane where --admin-addr wants it.
func newApp(opts *options, log *slog.Logger) *app {
	a := &app{opts: opts, log: log}
	handler := demo.New(demo.Config{BurnPerMs: opts.BurnPerMs})
	if opts.Model == modelNetHTTP {
		a.useNetHTTP(handler)
	} else {
		a.useServer(handler)
	}
	return a
}

// useServer serves by a server of ours, which has a control lane of its own.
func (a *app) useServer(handler http.Handler) {
	srv, m := a.opts.newServer(a.log)
	a.service, a.metrics, a.control = srv, m, &control{metrics: m.Handler()}
	if a.opts.AdminAddr != "" {
		srv.Handler = reserve(absent(), handler)
		return
	}
	srv.Handler = handler
	srv.Control = server.Control{
		Live:     livePath,
		Ready:    readyPath,
		Handlers: map[string]http.Handler{metricsPath: a.control.metrics},
	}
}

// useNetHTTP serves by the standard library's server with its defaults.
func (a *app) useNetHTTP(handler http.Handler) {
	m := metrics.New(metrics.Config{Model: a.opts.Model, ErrorLog: a.log})
	a.metrics, a.control = m, &control{metrics: m.Handler()}
	lane := a.control.handlers()
	if a.opts.AdminAddr != "" {
		lane = absent()
	}
	srv := &http.Server{
		Handler:  reserve(lane, handler),
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelError),
	}
	m.Instrument(srv)
	a.service = srv
}
