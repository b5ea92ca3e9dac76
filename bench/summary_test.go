package bench

import (
	"testing"
)

func TestSummaryIsFlat(t *testing.T) {
	r := &Result{Runs: []Run{{Kind: "contrast", Capacity: 200, Trials: []Trial{
		{Server: "pool", Phase: "3x", Goodput: 190, Latency: Latency{Served: Histogram{P99: 0.2}}},
		{Server: "pool", Phase: "3x", Goodput: 180, Latency: Latency{Served: Histogram{P99: 0.1}}, Usage: &Usage{PeakRSS: 7}},
	}}, {Kind: "load", Trials: []Trial{{Server: "http://127.0.0.1/", Throughput: 5}}}}}
	r.Summarise()
	for name, want := range map[string]float64{
		"contrast.capacity": 200, "contrast.pool.3x.goodput": 185, "contrast.pool.3x.p99_seconds": 0.2,
		"contrast.pool.3x.peak_rss_bytes": 7, "load.throughput": 5,
	} {
		if got, ok := r.Summary[name]; !ok || got != want {
			t.Errorf("%s is %v (%v), want %v", name, got, ok, want)
		}
	}
}
