package experiment

import (
	"context"
	"fmt"
	"time"

	"millpond/bench"
	"millpond/bench/process"
)

const (
	// confirmations is how many lengths of the queue are tried.
	confirmations = 3
	// The marks of a confirmation, at 0.9 and 1.5 times the chosen throughput.
	confirmAttainment = 0.99
	confirmGoodput    = 0.95
	// asGood is the share of another's goodput that makes no difference.
	asGood = 0.97
)

// confirm offers the chosen size 0.9 and 1.5 times its throughput, and the same
// to the server with nothing set. Where the answers came too late because the
// queue is too long, it shortens it, unless it was given.
func (z *sizing) confirm(ctx context.Context) error {
	for range confirmations {
		tried, late, err := z.offer(ctx, z.suite.Servers[0], z.Workers, z.Queue)
		if err != nil {
			return err
		}
		if z.Recommended = tried.Kept; tried.Kept || !tried.Valid || !late || z.opts.Queue >= 0 || z.Queue == 0 {
			break
		}
		z.Queue = z.Queue * 3 / 4
	}
	if len(z.opts.Alone.Command) == 0 {
		return nil
	}
	_, _, err := z.offer(ctx, z.opts.Alone, -1, -1)
	return err
}

// offer tries one size. Late tells whether the queue made answers late, though it
// was long enough for the calm load.
func (z *sizing) offer(ctx context.Context, server process.Server, workers, queue int) (tried bench.Tried, late bool, err error) {
	tried = bench.Tried{Workers: workers, Queue: queue}
	made, err := z.suite.undisturbed(ctx, z.run, z.confirmation(server, workers, queue, 0.9), z.confirmation(server, workers, queue, 1.5))
	if err != nil {
		return tried, false, err
	}
	calm, rush := &made[0], &made[1]
	tried.Attainment, tried.Goodput = calm.Attainment, rush.Goodput/z.Chosen
	tried.Valid = calm.Validity.Valid && rush.Validity.Valid
	tried.Kept = tried.Valid && calm.Attainment.Or(0) >= confirmAttainment && tried.Goodput >= confirmGoodput
	calm.Search, rush.Search = !tried.Valid, !tried.Valid // the answer says so
	z.Tried = append(z.Tried, tried)
	return tried, rush.Outcomes.Late+rush.Outcomes.Timeout > 0 && calm.Outcomes.Shed == 0, nil
}

// confirmation is one trial of a size.
func (z *sizing) confirmation(server process.Server, workers, queue int, multiple float64) spec {
	s := z.suite
	what := fmt.Sprintf("%d+%d", workers, queue)
	if workers < 0 {
		what = "alone"
	}
	p := s.spec(server, fmt.Sprintf("%s %s %gx", bench.PhaseConfirm, what, multiple), len(z.Tried))
	p.multiple, p.workers, p.queue = multiple, workers, queue
	p.load.Limit = z.opts.P99
	p.load.Timeout = max(time.Second, 2*z.opts.P99)
	p.steady(multiple*z.Chosen, 2*s.Duration) // twice as long as a rung
	return p
}

// answer puts what was found into sentences. Why is why nothing was tried, empty
// if something was.
func (z *sizing) answer(why string) {
	on := fmt.Sprintf("On %s, for %s", bench.Counted(z.Cores, "processor"), z.Objective)
	var best, alone *bench.Tried
	for i := range z.Tried {
		if t := &z.Tried[i]; t.Alone() {
			alone = t
		} else {
			best = t
		}
	}
	if !z.Recommended {
		if why == "" {
			why = "The last one that was tried, " + describeTried(best, z.Chosen) + "."
		}
		z.Answer = on + ", no size can be recommended. " + why
		z.Workers, z.Queue = 0, 0
	} else {
		z.WorthSetting = alone == nil || !alone.Kept || alone.Goodput < asGood*best.Goodput
		z.Answer = fmt.Sprintf("%s, run %s and a queue of %d: it %s.", on, bench.Counted(z.Workers, "worker"), z.Queue, outcomeOf(best, z.Chosen))
		if z.FlatTo > z.FlatFrom {
			z.Answer += fmt.Sprintf(" Any number of workers from %d to %d brings as much within 3 %%.", z.FlatFrom, z.FlatTo)
		}
	}
	switch {
	case alone == nil:
	case z.Recommended && !z.WorthSetting:
		z.Answer = fmt.Sprintf("%s, nothing is worth setting: by itself the server %s. Of the sizes that were tried, %s.",
			on, outcomeOf(alone, z.Chosen), describeTried(best, z.Chosen))
	default:
		z.Answer += " With nothing set, the server " + outcomeOf(alone, z.Chosen) + "."
	}
	if z.LimitedBy == "ladder" {
		z.Answer += fmt.Sprintf(" Throughput still rose at %d workers, where the search ended: --max-workers allows more.", z.FlatTo)
	}
}

// describeTried is a size and what came of it.
func describeTried(t *bench.Tried, rate float64) string {
	return fmt.Sprintf("%s and a queue of %d, %s", bench.Counted(t.Workers, "worker"), t.Queue, outcomeOf(t, rate))
}

// outcomeOf is what came of a size.
func outcomeOf(t *bench.Tried, rate float64) string {
	text := fmt.Sprintf("answered %.1f %% in time at 0.9 × %.4g/s, and %.0f %% of that rate at 1.5 ×", 100*t.Attainment.Or(0), rate, 100*t.Goodput)
	if !t.Valid {
		text += ", but in trials that are not valid"
	}
	return text
}
