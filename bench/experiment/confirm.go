package experiment

import (
	"context"
	"fmt"
	"time"

	"millpond/bench"
)

// confirmations is the most tries to confirm a size.
const confirmations = 3

// confirm offers the chosen size 0.9 and 1.5 times its throughput. Where a trial
// was disturbed, it repeats both. Where the answers came too late because the
// queue is too long, it shortens it.
func (z *sizing) confirm(ctx context.Context) error {
	for range confirmations {
		calm, err := z.offer(ctx, 0.9)
		if err != nil {
			return err
		}
		rush, err := z.offer(ctx, 1.5)
		if err != nil {
			return err
		}
		z.Confirmed = calm.Attainment.Or(0) >= confirmAttainment && rush.Goodput >= confirmGoodput*z.Chosen
		z.note(calm, rush)
		disturbed := !calm.Validity.Valid || !rush.Validity.Valid
		late := rush.Outcomes.Late+rush.Outcomes.Timeout > 0
		switch {
		case z.Confirmed:
			return nil
		case disturbed: // once more
		case late && calm.Outcomes.Shed == 0 && z.Queue > 0:
			z.Queue = z.Queue * 3 / 4
		default:
			return nil
		}
	}
	return nil
}

// note says in words what a confirmation found.
func (z *sizing) note(calm, rush *bench.Trial) {
	verdict := "not confirmed"
	if z.Confirmed {
		verdict = "confirmed"
	}
	z.run.Notes = append(z.run.Notes, fmt.Sprintf(
		"%d workers, queue %d, open loop: %.2f %% in time at 0.9 ×, goodput %.1f %% of the closed loop's throughput at 1.5 ×: %s.",
		z.Workers, z.Queue, 100*calm.Attainment.Or(0), 100*rush.Goodput/z.Chosen, verdict))
}

// offer runs one confirmation.
func (z *sizing) offer(ctx context.Context, multiple float64) (*bench.Trial, error) {
	s := z.suite
	p := s.spec(s.Servers[0], fmt.Sprintf("%s %gx", bench.PhaseConfirm, multiple), 0)
	p.multiple, p.workers, p.queue = multiple, z.Workers, z.Queue
	p.load.Limit = z.opts.P99
	p.load.Timeout = max(time.Second, 2*z.opts.P99)
	p.steady(multiple*z.Chosen, 2*s.Duration) // twice as long as a rung
	if err := s.runAll(ctx, z.run, []spec{p}); err != nil {
		return nil, err
	}
	return &z.run.Trials[len(z.run.Trials)-1], nil
}
