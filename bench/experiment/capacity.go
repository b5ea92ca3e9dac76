package experiment

import (
	"context"
	"fmt"
	"time"

	"millpond/bench"
)

// capacityClients is the number of clients that measure a capacity: enough to
// keep every worker busy, few enough to fit into workers and queue.
const capacityClients = 16

// measureCapacity finds the throughput of the first server in a closed loop. It
// sets the axis for all of them, unless that was given, so a disturbed trial is
// repeated; since whatever disturbs only takes away, the best one counts.
func (s *Suite) measureCapacity(ctx context.Context, run *bench.Run) error {
	if err := s.greet(ctx); err != nil {
		return err
	}
	if s.Capacity > 0 {
		run.Capacity = s.Capacity
		run.Notes = append(run.Notes, fmt.Sprintf("Capacity was given, not measured: %.4g requests/s.", s.Capacity))
		return nil
	}
	var best bench.Trial
	for repeat := range mostTries {
		if err := s.runAll(ctx, run, []spec{s.capacity(repeat)}); err != nil {
			return err
		}
		t := run.Trials[len(run.Trials)-1]
		if died := t.Used().Died; died != "" {
			return fmt.Errorf("measure the capacity of %s: it died: %s", t.Server, died)
		}
		if t.Throughput > best.Throughput {
			best = t
		}
		if !disturbed(t) || s.Cores.Shared() {
			break
		}
	}
	if best.Throughput == 0 {
		t := run.Trials[len(run.Trials)-1]
		if t.Offered == 0 {
			return fmt.Errorf("measure the capacity of %s: no answer ended within the %g s of a trial: it hangs, or needs a longer --duration", t.Server, t.Duration)
		}
		return fmt.Errorf("measure the capacity of %s: it served nothing: %s", t.Server, t.Outcomes.Failures())
	}
	run.Capacity = best.Throughput
	if !best.Validity.Valid {
		run.Notes = append(run.Notes, "The capacity is in doubt, and so is every load that is a multiple of it: "+best.Validity.Reasons[0])
	}
	run.Notes = append(run.Notes, fmt.Sprintf("Capacity is what %s did for %s in a closed loop: %.4g requests/s.",
		best.Server, bench.Counted(best.Concurrency, "client"), best.Throughput))
	return nil
}

// capacity is a trial of measureCapacity.
func (s *Suite) capacity(repeat int) spec {
	p := s.spec(s.Servers[0], bench.PhaseCapacity, repeat)
	p.load.Concurrency = max(capacityClients, 2*s.Workers)
	if s.Queue >= 0 && s.Workers >= 0 {
		p.load.Concurrency = min(p.load.Concurrency, s.Workers+s.Queue)
	}
	p.load.Timeout, p.load.Limit = time.Minute, time.Minute
	p.steady(0, s.Duration)
	return p
}
