package main

import (
	"context"

	"millpond/bench"
)

// contrastCommand is "bench contrast".
type contrastCommand struct {
	experiment
	rivals
	Multiples []float64 `help:"Offered loads in units of capacity. Default: 0.5, 0.9, 1.5, 3, 6, 10."`
}

// Run offers every model the same loads.
func (c *contrastCommand) Run(ctx context.Context, con *console) error {
	if len(c.Multiples) == 0 {
		c.Multiples = bench.Multiples
		if c.Quick {
			c.Multiples = []float64{0.9, 1.5, 6}
		}
	}
	if c.Quick && len(c.Models) == len(bench.Models) {
		c.Models = []string{"pool", "goroutine", "nethttp"}
	}
	s, remove, err := c.setUp(ctx, con)
	if err != nil {
		return err
	}
	defer remove()
	more, removeRivals, err := c.rivals.candidates(ctx, con, c.BurnPerMs, c.Workers, c.Queue)
	if err != nil {
		return err
	}
	defer removeRivals()
	s.suite.Candidates = append(s.suite.Candidates, more...)
	return c.perform(ctx, con, s, c.contrast)
}

func (c *contrastCommand) contrast(ctx context.Context, s *bench.Suite) (bench.Run, error) {
	run, err := s.Contrast(ctx, c.Multiples)
	run.Notes = append(run.Notes, c.notes...)
	return run, err
}
