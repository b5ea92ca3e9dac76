package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"millpond/server/accesslog"
)

// NewAccessLog measures what becomes of the lines of an access log. That of nil
// has no metrics.
func NewAccessLog(l *accesslog.Log) prometheus.Collector { return accessLog{l} }

type accessLog struct{ log *accesslog.Log }

// Describe implements prometheus.Collector.
func (a accessLog) Describe(descs chan<- *prometheus.Desc) { descs <- accessLines.desc }

// Collect implements prometheus.Collector.
func (a accessLog) Collect(metrics chan<- prometheus.Metric) {
	if a.log != nil {
		s := a.log.Stats()
		accessLines.collect(&s, metrics)
	}
}

var accessLines = familyOf[accesslog.Stats]{
	prometheus.NewDesc("millpond_access_log_requests_total",
		"Requests that were to be logged: written; sampled_out, as there were too many; or dropped, as the log was too slow, or failed.", labels("result"), nil),
	prometheus.CounterValue,
	func(s *accesslog.Stats, send sender) {
		send(float64(s.Written), "written")
		send(float64(s.SampledOut), "sampled_out")
		send(float64(s.Dropped), "dropped")
	},
}
