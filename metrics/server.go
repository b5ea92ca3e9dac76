package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"millpond/server"
)

// New measures srv: it adds hooks to srv.Trace and srv.Pool.Trace, and calls
// those that are set there already after its own. Call it once, when the other
// fields are set and before srv serves.
func New(srv *server.Server) *Collector {
	panics := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "millpond_http_handler_panics_total",
		Help: "Panics of the handler, other than http.ErrAbortHandler.",
	})
	c := &Collector{
		stats:    func() server.Stats { return statsOf(srv) },
		families: httpFamilies,
		requests: newRequests(),
	}
	srv.Trace = traceServer(srv.Trace, c.requests, panics)
	overflow := "none"
	if srv.Model == server.ModelPool {
		overflow = srv.Overflow.String()
		c.measurePool("requests", &srv.Pool)
	}
	c.others = []prometheus.Collector{panics, newConfigInfo(srv.Model.String(), overflow), newReady(srv)}
	return c
}

// newReady returns what a readiness probe would get, also where probes come by a
// listener that is not measured.
func newReady(srv *server.Server) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "millpond_ready",
		Help: "1 while the readiness probe gets a 200: neither draining nor overloaded for too long.",
	}, func() float64 {
		if srv.Readiness() == server.Ready {
			return 1
		}
		return 0
	})
}

// statsOf takes a snapshot of srv, which shows the limits of the pool also before
// srv serves.
func statsOf(srv *server.Server) server.Stats {
	s := srv.Stats()
	if srv.Model == server.ModelPool && s.Pool.Workers == 0 {
		if l, err := srv.Limits(); err == nil {
			s.Pool.Workers, s.Pool.Queue = l.Workers, l.Queue
		}
	}
	return s
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
