package metrics

import (
	"maps"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// histograms are a family of them: one for each value of its label, or one alone
// if it has none. It is safe for concurrent use.
type histograms struct {
	desc *prometheus.Desc
	mu   sync.Mutex
	all  map[string]*histogram // by the value of the label
}

func newHistograms(name, help string, constant prometheus.Labels, label ...string) *histograms {
	return &histograms{desc: prometheus.NewDesc(name, help, label, constant), all: make(map[string]*histogram)}
}

// alone returns the one of a family without a label, and of the one with that
// value of the label.
func (hs *histograms) alone() *histogram          { return hs.get("") }
func (hs *histograms) of(value string) *histogram { return hs.get(value, value) }

func (hs *histograms) get(key string, labels ...string) *histogram {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if hs.all[key] == nil {
		hs.all[key] = newHistogram(labels...)
	}
	return hs.all[key]
}

// each returns those that there are.
func (hs *histograms) each() []*histogram {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return slices.Collect(maps.Values(hs.all))
}

// Describe implements prometheus.Collector.
func (hs *histograms) Describe(descs chan<- *prometheus.Desc) { descs <- hs.desc }

// Collect implements prometheus.Collector.
func (hs *histograms) Collect(metrics chan<- prometheus.Metric) {
	for _, h := range hs.each() {
		metrics <- h.read(hs.desc)
	}
}
