package bench

import (
	"context"
	"fmt"
	"time"
)

// Shock is a load that is calm, then beyond capacity, then calm again. Its rates
// are multiples of the capacity.
type Shock struct {
	Calm, Peak            float64
	Before, During, After time.Duration
}

// shockBin is the step of the time series, fine enough to see a recovery.
const shockBin = 250 * time.Millisecond

// Pulse sends every candidate a shock, from clients that do not insist.
func (s *Suite) Pulse(ctx context.Context, shock Shock) (Run, error) {
	return s.shock(ctx, "pulse", shock, Retry{})
}

// Retry sends every candidate a shock, from clients that try again after a
// failure. What the retries add can keep a server down when the trigger is long
// gone: a metastable failure (Bronson et al., HotOS 2021).
func (s *Suite) Retry(ctx context.Context, shock Shock, policy Retry) (Run, error) {
	run, err := s.shock(ctx, "retry", shock, policy)
	budget := "without a budget"
	if policy.Budget > 0 {
		budget = fmt.Sprintf("with a budget of %g %% of the arrivals", 100*policy.Budget)
	}
	run.Notes = append(run.Notes, fmt.Sprintf(
		"Clients try up to %d times more, after %v, twice that and so on, %s. Each try has the whole timeout, and counts as in time from its own start; latency runs from the first.",
		policy.Max, policy.Backoff, budget))
	return run, err
}

// shock runs a shock against every candidate.
func (s *Suite) shock(ctx context.Context, kind string, shock Shock, policy Retry) (Run, error) {
	run := s.newRun(kind)
	if err := s.measureCapacity(ctx, &run); err != nil {
		return run, err
	}
	var specs []spec
	for repeat := range s.Trials {
		for _, c := range s.Candidates {
			p := s.spec(c, kind, repeat)
			p.load.Arrivals = shock.arrivals(run.Capacity, s.Warmup, s.Seed+uint64(repeat))
			p.load.BinWidth = shockBin
			p.load.Retry = policy
			p.finish = func(t *Trial) {
				from := shock.Before.Seconds()
				t.Recovery = recovery(t, from, from+shock.During.Seconds())
			}
			specs = append(specs, p)
		}
	}
	return run, s.runAll(ctx, &run, specs)
}

// arrivals is the schedule of a shock; the warm-up belongs to the first calm.
func (s Shock) arrivals(capacity float64, warmup time.Duration, seed uint64) Arrivals {
	calm, peak := s.Calm*capacity, s.Peak*capacity
	return Arrivals{Seed: seed, Segments: []Segment{
		{Name: "calm", From: calm, To: calm, Length: warmup + s.Before},
		{Name: "peak", From: peak, To: peak, Length: s.During},
		{Name: "after", From: calm, To: calm, Length: s.After},
	}}
}

// recoveredShare of what is offered, over recoveryWindow, is a recovered server.
const (
	recoveredShare = 0.9
	recoveryWindow = 1.0 // s
)

// recovery finds out when a server came back from a trigger: from when on every
// window keeps goodput near what is offered.
func recovery(t *Trial, from, to float64) *Recovery {
	r := &Recovery{From: from, To: to}
	window := max(1, int(recoveryWindow/t.BinWidth))
	var after []Bin
	for _, b := range t.Series {
		if b.At >= to {
			after = append(after, b)
			r.Lost += b.Offered - b.Outcomes.OK
		}
	}
	good := len(after) // the first window from which on all are good
	for i := len(after) - window; i >= 0; i-- {
		var offered, ok int64
		for _, b := range after[i : i+window] {
			offered += b.Offered
			ok += b.Outcomes.OK
		}
		if float64(ok) < recoveredShare*float64(offered) {
			break
		}
		good = i
	}
	if good < len(after) {
		at := after[good].At - to
		r.After = &at
	}
	return r
}
