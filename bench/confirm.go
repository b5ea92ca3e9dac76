package bench

import (
	"context"
	"fmt"
	"time"
)

// confirmations is how often a queue that proved too long is shortened.
const confirmations = 3

// PhaseConfirm begins the phases that confirm a sizing.
const PhaseConfirm = "confirm"

// confirm offers the chosen size 0.9 and 1.5 times its throughput. Where that
// misses the objective because the queue is too long, it shortens it and tries
// again.
func (z *sizing) confirm(ctx context.Context) error {
	for try := 1; ; try++ {
		calm, err := z.offer(ctx, 0.9)
		if err != nil {
			return err
		}
		rush, err := z.offer(ctx, 1.5)
		if err != nil {
			return err
		}
		z.Confirmed = calm.Attainment >= confirmAttainment && rush.Goodput >= confirmGoodput*z.Chosen
		verdict := "not confirmed"
		if z.Confirmed {
			verdict = "confirmed"
		}
		z.run.Notes = append(z.run.Notes, fmt.Sprintf(
			"%d workers, queue %d, open loop: %.2f %% in time at 0.9 ×, goodput %.1f %% of the closed loop's throughput at 1.5 ×: %s.",
			z.Workers, z.Queue, 100*calm.Attainment, 100*rush.Goodput/z.Chosen, verdict))
		if z.Confirmed || try == confirmations || rush.Outcomes.Late+rush.Outcomes.Timeout == 0 || z.Queue == 0 {
			return nil
		}
		z.Queue = z.Queue * 2 / 3
	}
}

// offer runs one confirmation.
func (z *sizing) offer(ctx context.Context, multiple float64) (*Trial, error) {
	s := z.suite
	p := s.spec(s.Candidates[0], fmt.Sprintf("%s %gx", PhaseConfirm, multiple), 0)
	p.multiple, p.workers, p.queue = multiple, z.Workers, z.Queue
	p.load.Limit = z.opts.P99
	p.load.Timeout = max(time.Second, 2*z.opts.P99)
	p.load.Arrivals = s.plateau(multiple*z.Chosen, 0)
	p.load.Arrivals.Segments[0].Length += s.Duration // twice as long as a rung
	if err := s.runAll(ctx, z.run, []spec{p}); err != nil {
		return nil, err
	}
	return &z.run.Trials[len(z.run.Trials)-1], nil
}
