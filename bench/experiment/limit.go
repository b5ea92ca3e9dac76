package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"millpond/bench"
	"millpond/bench/load"
)

// LimitOptions say where HighestRate looks, in requests/s.
type LimitOptions struct {
	// Objectives are what a rate must keep. At least one is needed.
	Objectives []bench.Objective
	// From is the first rate, To the highest.
	From, To float64
	// Precision is the share by which the answer may be too low.
	Precision float64
}

// limitConfirmations is how many rates are tried for longer before giving up.
const limitConfirmations = 4

// climb is a search for a limit under way.
type climb struct {
	*bench.Limit
	suite *Suite
	run   *bench.Run
	opts  LimitOptions
}

// HighestRate finds the highest rate of an open loop at which the first server
// keeps objectives: it doubles the rate until one is lost, halves the gap, and
// then confirms the answer in a trial of twice the length.
func (s *Suite) HighestRate(ctx context.Context, opts LimitOptions) (bench.Run, error) {
	run := s.newRun("limit")
	run.Limit = new(bench.Limit)
	if err := s.greet(ctx); err != nil {
		return run, err
	}
	for _, o := range opts.Objectives {
		run.Limit.Objectives = append(run.Limit.Objectives, o.Expression())
	}
	c := &climb{run.Limit, s, &run, opts}
	good, err := c.search(ctx)
	if err != nil {
		return run, err
	}
	return run, c.confirm(ctx, good)
}

// search returns the highest rate that was kept, 0 if none was.
func (c *climb) search(ctx context.Context) (good float64, err error) {
	bad := math.Inf(1)
	rate := c.opts.From
	for bad > good*(1+c.opts.Precision) {
		lost, err := c.try(ctx, rate, true)
		switch {
		case errors.Is(err, errDisturbed):
			c.Why = fmt.Sprintf("at %.4g requests/s no trial was valid, so what lies above is not known", rate)
			return good, nil
		case err != nil:
			return good, err
		case lost == nil && rate >= c.opts.To:
			c.Why = "it is the highest that was to be tried"
			return rate, nil
		case lost == nil:
			good = rate
		case lost.Why != "" && good == 0: // slower is not better than dead
			return 0, nil
		default:
			bad = rate
		}
		switch {
		case math.IsInf(bad, 1):
			rate = min(2*rate, c.opts.To)
		case good > 0:
			rate = (good + bad) / 2
		case bad < c.opts.From/1000:
			return 0, nil
		default:
			rate = bad / 4
		}
	}
	return good, nil
}

// confirm tries the answer for longer, and lower ones if that fails.
func (c *climb) confirm(ctx context.Context, rate float64) error {
	for range limitConfirmations {
		if rate == 0 {
			return nil
		}
		lost, err := c.try(ctx, rate, false)
		if errors.Is(err, errDisturbed) {
			c.Why = "no trial that would have confirmed it was valid"
			return nil
		}
		if err != nil {
			return err
		}
		if lost == nil {
			c.Rate = bench.Known(rate)
			return nil
		}
		rate *= 1 - 2*c.opts.Precision
	}
	c.Why = "what the search found did not stand in longer trials"
	return nil
}

// errDisturbed tells that no trial of a rate was valid.
var errDisturbed = errors.New("no trial was valid")

// try offers a rate, and returns the objective that was lost, nil if all were
// kept.
func (c *climb) try(ctx context.Context, rate float64, search bool) (*bench.Gate, error) {
	made, err := c.suite.undisturbed(ctx, c.run, c.spec(rate, search))
	if err != nil {
		return nil, err
	}
	t := &made[0]
	if disturbed(*t) {
		t.Search = true
		return nil, errDisturbed
	}
	for _, o := range c.opts.Objectives {
		gate, err := o.Check(t, 0)
		if err != nil {
			return nil, &bench.ConfigError{Err: err}
		}
		if !gate.Passed {
			t.Search = true
			c.LostAt, c.Lost = bench.Known(rate), &gate
			return &gate, nil
		}
	}
	return nil, nil
}

// spec is a trial at a rate.
func (c *climb) spec(rate float64, search bool) spec {
	length, phase := c.suite.Duration, fmt.Sprintf("%.4g/s", rate)
	if !search {
		length, phase = 2*length, bench.PhaseConfirm+" "+phase
	}
	p := c.suite.spec(c.suite.Servers[0], phase, 0)
	p.search = search
	p.load.Losses = Losses(c.opts.Objectives, max(p.load.Limit, p.load.Timeout))
	p.steady(rate, length)
	return p
}

// Losses are when a load on which objectives are judged has lost one of them.
func Losses(objectives []bench.Objective, limit time.Duration) []load.Loss {
	var losses []load.Loss
	for _, o := range objectives {
		if bound, share, ok := o.Loss(limit.Seconds()); ok {
			ns := time.Duration(math.MaxInt64)
			if !math.IsInf(bound, 1) {
				ns = time.Duration(bound * 1e9)
			}
			losses = append(losses, load.Loss{Objective: o.Expression(), Bound: ns, Share: share})
		}
	}
	return losses
}
