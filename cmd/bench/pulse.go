package main

import (
	"context"
	"fmt"
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/load"
)

// pulseFlags is the course of a load that jumps.
type pulseFlags struct {
	Calm   float64       `help:"Load before and after, in units of capacity." default:"0.7" placeholder:"TIMES"`
	Peak   float64       `help:"Load in between." default:"3" placeholder:"TIMES"`
	Before time.Duration `help:"How long it is calm before." default:"4s" placeholder:"TIME"`
	During time.Duration `help:"How long the peak lasts." default:"5s" placeholder:"TIME"`
	After  time.Duration `help:"How long to look for a recovery after it. Default: as long as it can take, (peak−1) × during / (1−calm) and a quarter more." placeholder:"TIME"`
}

// quickBefore and quickDuring are the most of a quick one.
const quickBefore, quickDuring = 2 * time.Second, 1500 * time.Millisecond

// pulse is the flags as the suite takes them; a quick one is shorter.
func (f pulseFlags) pulse(quick bool) (experiment.Pulse, error) {
	if f.Calm <= 0 || f.Calm >= 1 || f.Peak <= 0 || f.Before <= 0 || f.During <= 0 || f.After < 0 {
		return experiment.Pulse{}, usageError{fmt.Errorf(
			"--calm %v, --peak %v, --before %v, --during %v, --after %v: all must be above 0, and --calm below 1, or nothing could recover",
			f.Calm, f.Peak, f.Before, f.During, f.After)}
	}
	if quick {
		f.Before, f.During = min(f.Before, quickBefore), min(f.During, quickDuring)
	}
	o := experiment.Pulse{Calm: f.Calm, Peak: f.Peak, Before: f.Before, During: f.During, After: f.After}
	if o.After == 0 {
		o.After = o.Enough()
	}
	return o, nil
}

// pulseCommand is "bench pulse".
type pulseCommand struct {
	benchmark
	pulseFlags
}

// Run sends every model a pulse.
func (c *pulseCommand) Run(ctx context.Context, con *console) error {
	pulse, err := c.pulse(c.Quick)
	if err != nil {
		return err
	}
	return c.run(ctx, con, func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
		return s.Pulse(ctx, pulse)
	})
}

// retryFlags is a pulse, and how clients insist.
type retryFlags struct {
	pulseFlags
	Retries int           `help:"Most attempts of a client beyond the first." default:"3" placeholder:"COUNT"`
	Backoff time.Duration `help:"Mean pause before the first retry; it doubles each time." default:"100ms" placeholder:"TIME"`
	Budget  float64       `help:"Cap retries at this share of the arrivals; 0: no cap." default:"0" placeholder:"SHARE"`
}

// insistent is the flags as the suite takes them.
func (f retryFlags) insistent(quick bool) (experiment.Pulse, load.Retry, error) {
	pulse, err := f.pulse(quick)
	if err != nil {
		return pulse, load.Retry{}, err
	}
	if f.Retries < 1 || f.Retries > 20 || f.Backoff < 0 || f.Budget < 0 {
		return pulse, load.Retry{}, usageError{fmt.Errorf("--retries %d, --backoff %v, --budget %v: retries go from 1 to 20, nothing may be negative",
			f.Retries, f.Backoff, f.Budget)}
	}
	return pulse, load.Retry{Max: f.Retries, Backoff: f.Backoff, Budget: f.Budget}, nil
}

// retryCommand is "bench retry".
type retryCommand struct {
	benchmark
	retryFlags
}

// Run sends every model a pulse of clients that insist.
func (c *retryCommand) Run(ctx context.Context, con *console) error {
	pulse, policy, err := c.insistent(c.Quick)
	if err != nil {
		return err
	}
	return c.run(ctx, con, func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
		return s.Retry(ctx, pulse, policy)
	})
}
