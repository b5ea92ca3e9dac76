package experiment

import (
	"context"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// Multiples are the loads of Contrast in units of the capacity.
var Multiples = []float64{0.5, 0.9, 1.5, 3, 6, 10}

// QuickMultiples are those of a run that only illustrates, with the load at which
// reports compare.
var QuickMultiples = []float64{0.9, 1.5, 3}

// Contrast offers every server the same loads, from light to far beyond
// capacity, each to a fresh server and in random order.
func (s *Suite) Contrast(ctx context.Context, multiples []float64) (bench.Run, error) {
	run := s.newRun("contrast")
	return run, s.offerAll(ctx, &run, at(multiples))
}

// newRun begins a run of a kind.
func (s *Suite) newRun(kind string) bench.Run {
	return bench.Run{Kind: kind, Workload: s.Workload.Describe()}
}

// spec is a trial of c with what all trials have in common.
func (s *Suite) spec(c process.Server, phase string, repeat int) spec {
	return spec{
		server: c, phase: phase, repeat: repeat + 1, workers: s.Workers, queue: s.Queue, neighbour: s.neighbour,
		load: load.Load{
			Warmup: s.Warmup, Timeout: s.Timeout, Limit: s.Limit, Connections: s.Connections,
			Arrivals: load.Arrivals{Seed: s.Seed + uint64(repeat)},
		},
	}
}

// settled caps the time that a server beyond its capacity is given to settle, in
// units of the clients' patience.
const settled = 5

// steady makes p a load of one rate, after a warm-up in which whatever settles can
// do so. Beyond capacity the wait of an unbounded queue grows by multiple−1 for
// each second of load, so that it passes the patience of the clients only after
// timeout/(multiple−1); before, such a server looks well. All servers get the same
// schedule, which makes their trials pairs; repeats get different ones.
func (p *spec) steady(rate float64, length time.Duration) {
	if timeout := p.load.Timeout; p.multiple > 1 {
		fill := time.Duration(float64(timeout) / (p.multiple - 1))
		p.load.Warmup = max(p.load.Warmup, min(timeout+fill, settled*timeout))
	}
	p.load.Arrivals.Segments = []load.Segment{{From: rate, To: rate, Length: p.load.Warmup + length}}
}
