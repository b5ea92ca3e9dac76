package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Multiples are the loads of Contrast in units of the capacity.
var Multiples = []float64{0.5, 0.9, 1.5, 3, 6, 10}

// capacityTries is how often a capacity is measured at most.
const capacityTries = 3

// capacityClients is the number of clients that measure a capacity: enough to
// keep every worker busy, few enough to fit into workers and queue.
const capacityClients = 16

// Contrast offers every candidate the same loads, from light to far beyond
// capacity, each to a fresh server and in random order.
func (s *Suite) Contrast(ctx context.Context, multiples []float64) (Run, error) {
	run := s.newRun("contrast")
	if err := s.measureCapacity(ctx, &run); err != nil {
		return run, err
	}
	random := rand.New(rand.NewPCG(s.Seed, 5))
	var specs []spec
	for repeat := range s.Trials {
		block := make([]spec, 0, len(multiples)*len(s.Candidates))
		for _, m := range multiples {
			for _, c := range s.Candidates {
				p := s.spec(c, fmt.Sprintf("%gx", m), repeat)
				p.multiple = m
				p.load.Arrivals = s.plateau(m*run.Capacity, repeat)
				block = append(block, p)
			}
		}
		random.Shuffle(len(block), func(i, j int) { block[i], block[j] = block[j], block[i] })
		specs = append(specs, block...)
	}
	return run, s.runAll(ctx, &run, specs)
}

// newRun begins a run of a kind.
func (s *Suite) newRun(kind string) Run {
	return Run{Kind: kind, Workload: s.Workload.describe()}
}

// spec is a trial of c with what all trials have in common.
func (s *Suite) spec(c Candidate, phase string, repeat int) spec {
	return spec{
		candidate: c, phase: phase, repeat: repeat + 1, workers: s.Workers, queue: s.Queue,
		load: Load{Warmup: s.Warmup, Timeout: s.Timeout, Limit: s.Limit, Connections: s.Connections},
	}
}

// plateau is warm-up and measurement at one rate. All candidates get the same
// schedule, which makes their trials pairs; repeats get different ones.
func (s *Suite) plateau(rate float64, repeat int) Arrivals {
	return Arrivals{
		Segments: []Segment{{From: rate, To: rate, Length: s.Warmup + s.Duration}},
		Seed:     s.Seed + uint64(repeat),
	}
}

// measureCapacity finds the throughput of the first candidate in a closed loop.
// It sets the axis for all of them, so a disturbed trial is repeated; since
// whatever disturbs only takes away, the best one counts.
func (s *Suite) measureCapacity(ctx context.Context, run *Run) error {
	var best Trial
	for repeat := range capacityTries {
		if err := s.runAll(ctx, run, []spec{s.capacity(repeat)}); err != nil {
			return err
		}
		t := run.Trials[len(run.Trials)-1]
		if died := t.server().Died; died != "" {
			return fmt.Errorf("measure the capacity of %s: it died: %s", t.Target, died)
		}
		if t.Throughput > best.Throughput {
			best = t
		}
		if t.Validity.Valid || s.Cores.Shared() {
			break
		}
	}
	if best.Throughput == 0 {
		t := run.Trials[len(run.Trials)-1]
		return fmt.Errorf("measure the capacity of %s: it gave no good answer: %+v", t.Target, t.Outcomes)
	}
	run.Capacity = best.Throughput
	run.Notes = append(run.Notes, fmt.Sprintf("Capacity is what %s did for %d clients in a closed loop: %.4g requests/s.",
		best.Target, best.Concurrency, best.Throughput))
	return nil
}

// capacity is a trial of measureCapacity.
func (s *Suite) capacity(repeat int) spec {
	p := s.spec(s.Candidates[0], PhaseCapacity, repeat)
	p.load.Concurrency = max(capacityClients, 2*s.Workers)
	if s.Queue >= 0 && s.Workers >= 0 {
		p.load.Concurrency = min(p.load.Concurrency, s.Workers+s.Queue)
	}
	p.load.Timeout, p.load.Limit = time.Minute, time.Minute
	p.load.Arrivals = s.plateau(0, 0)
	return p
}
