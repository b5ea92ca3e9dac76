package experiment

import (
	"context"
	"fmt"
	"math/rand/v2"

	"millpond/bench"
)

// phaseClosed is the phase of the closed loop of Versus.
const phaseClosed = "closed"

// VersusMultiples are the loads of Versus in units of the capacity, beside a closed
// loop: each more is a further test, for which all have to make up.
var VersusMultiples = []float64{0.9, 3}

// Versus loads two servers in turns, each pair of trials with the same schedule and at
// once after another, so that a drift of the machine hits both alike. The capacity of
// the first is the axis for both.
func (s *Suite) Versus(ctx context.Context, multiples []float64) (bench.Run, error) {
	run := s.newRun("versus")
	if err := s.measureCapacity(ctx, &run); err != nil {
		return run, err
	}
	random := rand.New(rand.NewPCG(s.Seed, 7))
	var specs []spec
	for repeat := range s.Trials {
		for _, load := range random.Perm(len(multiples) + 1) {
			for _, i := range random.Perm(len(s.Servers)) {
				p := s.spec(s.Servers[i], phaseClosed, repeat)
				if load == len(multiples) {
					p.load.Concurrency = s.capacity(0).load.Concurrency
					p.steady(0, s.Duration)
				} else {
					p.multiple = multiples[load]
					p.phase = fmt.Sprintf("%gx", p.multiple)
					p.steady(p.multiple*run.Capacity, s.Duration)
				}
				specs = append(specs, p)
			}
		}
	}
	return run, s.runAll(ctx, &run, specs)
}
