package main

import (
	"context"

	"millpond/bench"
)

// contrastCommand is "bench contrast".
type contrastCommand struct {
	experiment
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
	return c.run(ctx, con, c.contrast)
}

func (c *contrastCommand) contrast(ctx context.Context, s *bench.Suite) (bench.Run, error) {
	return s.Contrast(ctx, c.Multiples)
}
