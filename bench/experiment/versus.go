package experiment

import (
	"context"
	"fmt"
	"math/rand/v2"

	"millpond/bench"
)

// phaseClosed is the phase of the closed loop of Versus.
const phaseClosed = "closed"

// VersusMultiples are the loads of Versus in units of the capacity, beside a
// closed loop: each more is a further test, for which all have to make up.
var VersusMultiples = []float64{0.9, 3}

// Versus loads two servers in turns, each pair of trials with the same schedule
// and at once after another, so that a drift of the machine hits both alike.
// The capacity of the first is the axis for both.
func (s *Suite) Versus(ctx context.Context, multiples []float64) (bench.Run, error) {
	run := s.newRun("versus")
	if err := s.measureCapacity(ctx, &run); err != nil {
		return run, err
	}
	random := rand.New(rand.NewPCG(s.Seed, 7))
	for repeat := range s.Trials {
		for _, i := range random.Perm(len(multiples) + 1) {
			var multiple float64 // 0 is the closed loop
			if i < len(multiples) {
				multiple = multiples[i]
			}
			if err := s.versusPair(ctx, &run, multiple, repeat, random); err != nil {
				return run, err
			}
		}
	}
	return run, nil
}

// versusPair loads both servers with the same, one at once after the other.
func (s *Suite) versusPair(ctx context.Context, run *bench.Run, multiple float64, repeat int, random *rand.Rand) error {
	var pair []spec
	for _, i := range random.Perm(len(s.Servers)) {
		p := s.spec(s.Servers[i], phaseClosed, repeat)
		if multiple == 0 {
			p.load.Concurrency = s.capacity(0).load.Concurrency
		} else {
			p.multiple, p.phase = multiple, fmt.Sprintf("%gx", multiple)
		}
		p.steady(multiple*run.Capacity, s.Duration)
		pair = append(pair, p)
	}
	_, err := s.undisturbed(ctx, run, pair...)
	return err
}
