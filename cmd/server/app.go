package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"

	"millpond/metrics"
	"millpond/metrics/status"
	"millpond/pool"
	"millpond/server"
	"millpond/server/accesslog"
	"millpond/server/balance"
)

// app is a server of the chosen model, what measures it, and its control lane.
type app struct {
	opts     *options
	log      *slog.Logger
	service  service
	bound    string // on the requests that run and wait, for people
	metrics  *metrics.Collector
	page     *status.Page
	lane     server.Control
	access   *accesslog.Log // nil if there is none
	meter    *balance.Meter // nil if no balancer is to be told of the load
	ready    func() server.Readiness
	loopback bool // nobody but this machine reaches the main address

	stopAside func() // ends what serves the admin and the agent address
}

// newApp has handler served on s under the model that opts choose, with the
// control lane where --admin-addr wants it. Call close when it has served.
func newApp(opts *options, handler http.Handler, s *sockets, access *accesslog.Log, log *slog.Logger) (*app, error) {
	a := &app{opts: opts, log: log, access: access, loopback: isLoopback(s.main.Addr())}
	if opts.Model == modelNetHTTP {
		a.useNetHTTP(handler)
		return a, nil
	}
	return a, a.useServer(handler, s)
}

// useServer serves by a server of ours, which has a control lane of its own.
func (a *app) useServer(handler http.Handler, s *sockets) error {
	srv := a.opts.newServer(a.log)
	srv.Exclusive = s.exclusive
	limits, err := srv.Limits()
	if err != nil {
		return err
	}
	if a.access != nil {
		a.access.Follow(srv)
	}
	a.ready = srv.Readiness
	a.addLane(handler, status.Config{Metrics: metrics.New(srv), Running: srv.Running, Clients: srv.Clients, Settings: settings(limits)})
	if a.opts.Model == modelPool && (a.opts.ORCA || a.opts.AgentAddr != "") {
		a.meter = balance.New(srv)
	}
	if a.opts.ORCA && a.meter != nil {
		handler = a.meter.ORCA(handler)
	}
	srv.Handler, srv.Control = handler, a.lane
	if a.opts.AdminAddr != "" {
		srv.Handler, srv.Control = a.besideLane(handler), server.Control{}
	}
	a.service, a.bound = srv, boundOf(limits)
	a.page.Start()
	return nil
}

// useNetHTTP serves by the standard library's server with its defaults.
func (a *app) useNetHTTP(handler http.Handler) {
	srv := &http.Server{
		Handler:  handler,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelError),
	}
	a.service, a.bound = srv, "net/http defaults, no bound"
	a.ready = func() server.Readiness {
		if a.metrics.Stats().Draining {
			return server.Draining
		}
		return server.Ready
	}
	a.addLane(handler, status.Config{
		Metrics:  metrics.NewNetHTTP(srv),
		Settings: []status.Setting{{Name: "model", Value: modelNetHTTP}},
	})
	if a.opts.AdminAddr != "" {
		srv.Handler = a.besideLane(srv.Handler)
	} else {
		srv.Handler = a.lane.Handler(a.ready, srv.Handler)
	}
	a.page.Start()
}

// close ends the live page, and the watch for balancers.
func (a *app) close() {
	a.page.Close()
	if a.meter != nil {
		a.meter.Close()
	}
}

// boundOf describes limits in a few words.
func boundOf(l server.Limits) string {
	switch l.Model {
	case server.ModelPool:
		if l.Discipline == pool.Adaptive {
			return workersText(l) + " workers, adaptive queue"
		}
		return fmt.Sprintf("%s workers, queue %d", workersText(l), l.Queue)
	case server.ModelThread:
		return fmt.Sprintf("at most %d threads", l.MaxThreads)
	}
	return "no bound"
}

// workersText says how many run at once, as --workers does.
func workersText(l server.Limits) string {
	if l.MinWorkers > 0 && l.MinWorkers < l.Workers {
		return fmt.Sprintf("%d..%d", l.MinWorkers, l.Workers)
	}
	return strconv.Itoa(l.Workers)
}

// sayReady prints the ready line, and does not wait for long if nobody reads it:
// to stdout, or to the log if the access log is there, whose reader wants JSON and
// nothing else. Call end when the app has served.
func (a *app) sayReady(addr net.Addr, stdout io.Writer, log *spill) (end func()) {
	out, end := log, func() {}
	if a.access == nil || a.opts.AccessLog != "-" {
		out = newSpill(stdout, func(uint64) {})
		end = out.end
	}
	fmt.Fprintln(out, a.readyLine(addr))
	out.settle()
	return end
}

// readyLine says where, how and what the app serves.
func (a *app) readyLine(addr net.Addr) string {
	return fmt.Sprintf("millpond: serving %s (model %s, %s; %s)", url(addr), a.opts.Model, a.bound, a.opts.served(a.loopback))
}
