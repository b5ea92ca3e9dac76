package metrics

import (
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves what the collectors measure, and the metrics of the runtime,
// of the process and of the kernel's accept queues, from a registry of its own.
// Few scrapes run at a time, concurrent ones share a snapshot, and none takes
// longer than 5 seconds; the rest get a 503. It is meant to run outside of the
// pool, in server.Control. Faults of scrapes go to log, slog.Default() if nil.
func Handler(log *slog.Logger, cs ...prometheus.Collector) http.Handler {
	return serve(prometheus.NewRegistry(), log, cs)
}

func serve(registry *prometheus.Registry, log *slog.Logger, cs []prometheus.Collector) http.Handler {
	if log == nil {
		log = slog.Default()
	}
	registry.MustRegister(cs...)
	registry.MustRegister(
		overflows{},
		newGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return promhttp.InstrumentMetricHandler(registry, promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(log.Handler(), slog.LevelError),
		Registry:            registry,
		MaxRequestsInFlight: 4,
		CoalesceGather:      true,
		Timeout:             5 * time.Second,
		EnableOpenMetrics:   true,
		ProcessStartTime:    time.Now(),
	}))
}

// newGoCollector adds to the usual metrics of the runtime what shows where
// requests wait when there is no queue: in the Go scheduler.
func newGoCollector() prometheus.Collector {
	return collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
		collectors.MetricsScheduler,
		collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/sync/mutex/wait/total:seconds$`)},
		collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/cpu/classes/(gc/total|idle|user):cpu-seconds$`)},
	))
}
