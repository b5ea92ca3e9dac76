package experiment

import (
	"context"
	"fmt"
	"time"

	"millpond/bench"
	"millpond/bench/load"
)

// Pulse is a load that is calm, then beyond capacity, then calm again. Calm and
// Peak are multiples of the capacity. After is for how long a recovery is looked
// for; the load goes on a little longer, so that one at its end is seen too.
type Pulse struct {
	Calm, Peak            float64
	Before, During, After time.Duration
}

// Enough is how long after the peak a server must be watched to see it come back
// that keeps all it was sent: what has piled up, (peak−1) × during, drains at
// 1−calm, both in units of the capacity. A quarter is added, and two seconds, for
// chance and for the clients that gave up meanwhile. There is no end to it unless
// calm is below 1.
func (s Pulse) Enough() time.Duration {
	drain := max(0, s.Peak-1) * s.During.Seconds() / (1 - s.Calm)
	return time.Duration((1.25*drain + 2) * float64(time.Second)).Round(time.Second)
}

// pulseBin is the step of the time series, fine enough to see a recovery.
const pulseBin = 250 * time.Millisecond

// Pulse sends every server a pulse, from clients that do not insist.
func (s *Suite) Pulse(ctx context.Context, pulse Pulse) (bench.Run, error) {
	return s.pulse(ctx, "pulse", pulse, load.Retry{})
}

// Retry sends every server a pulse, from clients that try again after a
// failure. What the retries add can keep a server down when the trigger is long
// gone: a metastable failure (Bronson et al., HotOS 2021).
func (s *Suite) Retry(ctx context.Context, pulse Pulse, policy load.Retry) (bench.Run, error) {
	run, err := s.pulse(ctx, "retry", pulse, policy)
	budget := "without a budget"
	if policy.Budget > 0 {
		budget = fmt.Sprintf("with a budget of %g %% of the arrivals", 100*policy.Budget)
	}
	run.Notes = append(run.Notes, fmt.Sprintf(
		"Clients try up to %s more, after %v, twice that and so on, %s. Each try has the whole timeout; latency, and what is in time, runs from the first.",
		bench.Counted(policy.Max, "time"), policy.Backoff, budget))
	return run, err
}

// pulse runs a pulse against every server.
func (s *Suite) pulse(ctx context.Context, kind string, pulse Pulse, policy load.Retry) (bench.Run, error) {
	run := s.newRun(kind)
	if err := s.measureCapacity(ctx, &run); err != nil {
		return run, err
	}
	var specs []spec
	for repeat := range s.Trials {
		for _, c := range s.Servers {
			p := s.spec(c, kind, repeat)
			p.load.Arrivals = pulse.arrivals(run.Capacity, s.Warmup, s.Seed+uint64(repeat))
			p.load.BinWidth = pulseBin
			p.load.Retry = policy
			p.finish = func(t *bench.Trial) {
				from := pulse.Before.Seconds()
				t.Recovery = recovery(t, from, from+pulse.During.Seconds())
			}
			specs = append(specs, p)
		}
	}
	return run, s.runAll(ctx, &run, specs)
}

// arrivals is the schedule of a pulse; the warm-up belongs to the first calm.
func (s Pulse) arrivals(capacity float64, warmup time.Duration, seed uint64) load.Arrivals {
	calm, peak := s.Calm*capacity, s.Peak*capacity
	return load.Arrivals{Seed: seed, Segments: []load.Segment{
		{Name: "calm", From: calm, To: calm, Length: warmup + s.Before},
		{Name: "peak", From: peak, To: peak, Length: s.During},
		{Name: "after", From: calm, To: calm, Length: s.After + recoveryWindow},
	}}
}
