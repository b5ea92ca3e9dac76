package experiment

import (
	"context"

	"millpond/bench"
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
