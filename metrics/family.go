package metrics

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/server"
)

// familyOf is one metric that is read from a snapshot.
type familyOf[S any] struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(s *S, send sender)
}

// family is one that is read from the snapshot of a server.
type family = familyOf[server.Stats]

// collect sends what is read from s.
func (f *familyOf[S]) collect(s *S, metrics chan<- prometheus.Metric) {
	f.read(s, func(value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(f.desc, f.kind, value, labels...)
	})
}

// sender takes a value and the values of the family's labels.
type sender func(value float64, labels ...string)

// labels names a family's variable labels.
func labels(names ...string) []string { return names }

func gauge(name, help string, labels []string, read func(*server.Stats, sender)) family {
	return family{prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue, read}
}

func counter(name, help string, labels []string, read func(*server.Stats, sender)) family {
	return family{prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue, read}
}

// sendEach sends a value for each member of a closed set, which the values are
// indexed by.
func sendEach[E interface {
	~uint8
	fmt.Stringer
}, V int | uint64](send sender, values []V) {
	for i, value := range values {
		send(float64(value), E(i).String())
	}
}
