package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"millpond/server/upstream"
)

// NewUpstream measures what passes requests on to backends. The server in front
// of it has a collector of its own.
func NewUpstream(h *upstream.Handler) prometheus.Collector { return backends{h.Stats} }

// backends reads all of its families from one snapshot.
type backends struct{ stats func() upstream.Stats }

// Describe implements prometheus.Collector.
func (backends) Describe(descs chan<- *prometheus.Desc) {
	for _, f := range upstreamFamilies {
		descs <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (b backends) Collect(metrics chan<- prometheus.Metric) {
	s := b.stats()
	for _, f := range upstreamFamilies {
		f.collect(&s, metrics)
	}
}

var upstreamFamilies = []familyOf[upstream.Stats]{
	upstreamFamily(prometheus.CounterValue, "requests_total", "Requests that were to be passed on, by what became of them.", labels("outcome"),
		func(s *upstream.Stats, send sender) { sendEach[upstream.Outcome](send, s.Outcomes[:]) }),
	upstreamFamily(prometheus.GaugeValue, "requests_in_flight", "Requests that are being passed on.", nil,
		func(s *upstream.Stats, send sender) { send(float64(s.InFlight)) }),
	upstreamFamily(prometheus.CounterValue, "retries_total", "Times that a request was sent, or was to be sent, once more.", nil,
		func(s *upstream.Stats, send sender) { send(float64(s.Retries)) }),
	backendFamily(prometheus.CounterValue, "backend_requests_total", "Requests given to a backend.",
		func(b *upstream.BackendStats) float64 { return float64(b.Requests) }),
	backendFamily(prometheus.GaugeValue, "backend_requests_in_flight", "Requests that a backend works on, upgraded connections included.",
		func(b *upstream.BackendStats) float64 { return float64(b.InFlight) }),
	backendFamily(prometheus.CounterValue, "backend_unreachable_total", "Requests for which a backend could not be connected to.",
		func(b *upstream.BackendStats) float64 { return float64(b.Unreachable) }),
	backendFamily(prometheus.CounterValue, "backend_connections_total", "Connections made to a backend.",
		func(b *upstream.BackendStats) float64 { return float64(b.Connections) }),
	backendFamily(prometheus.GaugeValue, "backend_out_seconds", "How long a backend is left out because it could not be connected to; 0 if it is in.",
		func(b *upstream.BackendStats) float64 { return b.Out.Seconds() }),
}

func upstreamFamily(kind prometheus.ValueType, name, help string, labels []string, read func(*upstream.Stats, sender)) familyOf[upstream.Stats] {
	return familyOf[upstream.Stats]{prometheus.NewDesc("millpond_upstream_"+name, help, labels, nil), kind, read}
}

// backendFamily has a series for each backend.
func backendFamily(kind prometheus.ValueType, name, help string, read func(*upstream.BackendStats) float64) familyOf[upstream.Stats] {
	return upstreamFamily(kind, name, help, labels("backend"), func(s *upstream.Stats, send sender) {
		for i := range s.Backends {
			send(read(&s.Backends[i]), s.Backends[i].Backend)
		}
	})
}
