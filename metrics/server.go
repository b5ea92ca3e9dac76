package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"millpond/server"
)

// New measures srv: it adds hooks to srv.Trace and srv.Pool.Trace, and calls
// those that are set there already after its own. Call it once, when the other
// fields are set and before srv serves.
func New(srv *server.Server) *Collector {
	requests := newRequests()
	panics := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "millpond_http_handler_panics_total",
		Help: "Panics of the handler, other than http.ErrAbortHandler.",
	})
	srv.Trace = traceServer(srv.Trace, requests, panics)
	c := &Collector{
		snapshot: srv.Stats,
		families: httpFamilies,
		live:     append(requests.collectors(), panics),
	}
	overflow := "none"
	if srv.Model == server.ModelPool {
		overflow = srv.Overflow.String()
		c.measurePool("requests", &srv.Pool)
	}
	c.live = append(c.live, newConfigInfo(srv.Model.String(), overflow))
	return c
}

// traceServer returns the hooks of a server. They do not allocate, except at
// the first request with a new method, route and status.
func traceServer(before *server.Trace, requests *requests, panics prometheus.Counter) *server.Trace {
	var t server.Trace
	if before != nil {
		t = *before
	}
	t.Done = both(requests.done, t.Done)
	t.Panicked = both(func(any) { panics.Inc() }, t.Panicked)
	return &t
}
