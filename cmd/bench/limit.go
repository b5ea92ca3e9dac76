package main

import (
	"context"
	"fmt"
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
)

// limitCommand is "bench limit".
type limitCommand struct {
	output
	target
	clients
	From      float64 `help:"Rate to begin with." default:"100" placeholder:"PER-SECOND"`
	To        float64 `help:"Highest rate to try." default:"100000" placeholder:"PER-SECOND"`
	Precision share   `help:"By how much the answer may be too low." default:"5%" placeholder:"SHARE"`
}

// Run searches for the highest rate within the objectives of --slo.
func (c *limitCommand) Run(ctx context.Context, con *console) error {
	m := measure{output: c.output}
	result := &bench.Result{Started: time.Now(), Config: c.config(c.SLO)}
	if len(c.SLO) == 0 {
		c.SLO = []string{defaultObjective}
	}
	objectives, err := c.objectives()
	if err != nil {
		return err
	}
	if !(c.From > 0 && c.From <= c.To) || c.Precision <= 0 || c.Precision > 0.5 {
		return usageError{fmt.Errorf("--from %v, --to %v, --precision %v%%: rates go from above 0 upwards, and the precision from above 0%% to 50%%",
			c.From, c.To, 100*float64(c.Precision))}
	}
	s, err := c.suite(ctx)
	if err != nil {
		return usageError{err}
	}
	c.set(s)
	if err := c.ready(ctx, s.Servers[0], &c.output); err != nil {
		return err
	}
	result.Env = environment(s)
	return m.perform(ctx, con, &session{suite: s, result: result}, func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
		run, err := s.HighestRate(ctx, experiment.LimitOptions{Objectives: objectives, From: c.From, To: c.To, Precision: float64(c.Precision)})
		run.Workload = c.name()
		return run, err
	})
}
