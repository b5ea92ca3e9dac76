package bench

import (
	"testing"
)

func TestSummaryIsFlat(t *testing.T) {
	r := &Result{Runs: []Run{{Kind: "contrast", Capacity: 200, Trials: []Trial{
		{Server: "pool", Phase: "3x", Goodput: 190, Latency: Latency{Offered: Percentiles{P99: Known(0.2)}}, Usage: &Usage{PeakRSS: Known(7)}},
		{Server: "pool", Phase: "3x", Goodput: 180, Latency: Latency{Offered: Percentiles{P99: Known(0.1)}}},
		{Server: "hole", Phase: "3x", Latency: Latency{Offered: Percentiles{P99: Infinite}}},
	}}, {Kind: "load", Trials: []Trial{{Server: "http://127.0.0.1/", Throughput: 5}}}}}
	r.Summarise()
	for name, want := range map[string]Value{
		"contrast.capacity": Known(200), "contrast.pool.3x.goodput": Known(185), "contrast.pool.3x.p99_seconds": Known(0.2),
		"contrast.pool.3x.peak_rss_bytes": {}, "contrast.hole.3x.p99_seconds": Infinite, "load.throughput": Known(5), "load.p99_seconds": {},
	} {
		if got, ok := r.Summary[name]; !ok || got != want {
			t.Errorf("%s is %v (%v), want %v", name, got, ok, want)
		}
	}
}
