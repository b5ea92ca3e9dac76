package metrics

import (
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"millpond/pool"
	"millpond/server"
)

// Config says what is measured. The zero Config is that of a net/http server.
type Config struct {
	// Model and Overflow are published as labels of millpond_config_info, empty ones as "none". The model "pool"
	// adds the metrics of the pool.
	Model, Overflow string
	// Stats takes a snapshot of the server; usually the method Stats of a *server.Server, which may still be
	// configured: Stats is first called by a scrape. If nil, the server is one given to Metrics.Instrument.
	Stats func() server.Stats
	// ErrorLog takes the faults of scrapes. If nil, they are not logged.
	ErrorLog *slog.Logger
}

// Metrics measures one server. It has a registry of its own, so several can live in one process.
type Metrics struct {
	registry *prometheus.Registry
	requests *requests
	panics   prometheus.Counter
	tasks    *tasks   // nil without a pool
	netHTTP  *netHTTP // nil unless Config.Stats was
	stats    func() server.Stats
	errorLog *slog.Logger
	started  time.Time
}

// New returns the metrics of one server.
//
//	srv := &server.Server{...}
//	m := metrics.New(metrics.Config{Model: "pool", Stats: srv.Stats})
//	srv.Trace, srv.Pool.Trace = m.Trace(), m.PoolTrace()
func New(cfg Config) *Metrics { return newOn(prometheus.NewRegistry(), cfg) }

func newOn(registry *prometheus.Registry, cfg Config) *Metrics {
	m := &Metrics{
		registry: registry,
		requests: newRequests(registry),
		stats:    cfg.Stats,
		errorLog: cfg.ErrorLog,
		started:  time.Now(),
	}
	if m.errorLog == nil {
		m.errorLog = slog.New(slog.DiscardHandler)
	}
	families := httpFamilies
	if cfg.Stats == nil {
		m.netHTTP = new(netHTTP)
		m.stats, families = m.netHTTP.stats, netHTTPFamilies
	} else {
		m.panics = newPanics(registry)
	}
	if cfg.Model == server.ModelPool.String() {
		m.tasks = newTasks(registry)
		families = append(families[:len(families):len(families)], poolFamilies...)
	}
	registry.MustRegister(
		collector{m.stats, families},
		newConfigInfo(cfg),
		overflows{},
		newGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return m
}

// Handler serves the metrics. Few scrapes run at a time, concurrent ones share a snapshot, and none takes longer than
// 5 seconds; the rest get a 503. It is meant to run outside of the pool. Call it once.
func (m *Metrics) Handler() http.Handler {
	return promhttp.InstrumentMetricHandler(m.registry, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(m.errorLog.Handler(), slog.LevelError),
		Registry:            m.registry,
		MaxRequestsInFlight: 4,
		CoalesceGather:      true,
		Timeout:             5 * time.Second,
		EnableOpenMetrics:   true,
		ProcessStartTime:    m.started,
	}))
}

// Stats takes a snapshot like the one of a scrape. Under net/http, only InFlight, Accepted, Draining and the states new,
// active and idle of Conns are known.
func (m *Metrics) Stats() server.Stats { return m.stats() }

// Trace returns the hooks of a server whose Stats were given to New. They are safe for concurrent use and do not
// allocate, except at the first request with a new method, route and status.
func (m *Metrics) Trace() *server.Trace {
	return &server.Trace{
		Done: func(r server.Request) {
			m.requests.done(r.Method, r.Route, r.Status, r.Duration)
		},
		Panicked: func(any) { m.panics.Inc() },
	}
}

// PoolTrace returns the hooks of the pool, or nil in a model without one. They are safe for concurrent use and do
// not allocate.
func (m *Metrics) PoolTrace() *pool.Trace {
	if m.tasks == nil {
		return nil
	}
	return m.tasks.trace()
}

// newConfigInfo returns a gauge that is always 1: its labels are the news.
func newConfigInfo(cfg Config) prometheus.Collector {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "millpond_config_info",
		Help: "Active configuration.",
		ConstLabels: prometheus.Labels{
			"model":    orNone(cfg.Model),
			"overflow": orNone(cfg.Overflow),
		},
	})
	info.Set(1)
	return info
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// newGoCollector adds to the usual metrics of the runtime what shows where requests wait when there is no queue: in
// the Go scheduler.
func newGoCollector() prometheus.Collector {
	return collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
		collectors.MetricsScheduler,
		collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/sync/mutex/wait/total:seconds$`)},
		collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/cpu/classes/(gc/total|idle|user):cpu-seconds$`)},
	))
}
