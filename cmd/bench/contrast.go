package main

import (
	"context"

	"millpond/bench"
	"millpond/bench/experiment"
)

// contrastCommand is "bench contrast".
type contrastCommand struct {
	benchmark
	peers
	axis
}

// Run offers every model the same loads.
func (c *contrastCommand) Run(ctx context.Context, con *console) error {
	multiples := experiment.Multiples
	if c.Quick {
		multiples = experiment.QuickMultiples
	}
	if err := c.axis.check(multiples); err != nil {
		return err
	}
	s, remove, err := c.setUp(ctx, con)
	if err != nil {
		return err
	}
	defer remove()
	s.suite.Capacity = c.Capacity
	more, removePeers, err := c.peers.list(ctx, con, c.BurnPerMs, c.Workers, c.Queue)
	if err != nil {
		return err
	}
	defer removePeers()
	s.suite.Servers = append(s.suite.Servers, more...)
	return c.perform(ctx, con, s, c.contrast)
}

func (c *contrastCommand) contrast(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
	run, err := s.Contrast(ctx, c.Multiples)
	run.Notes = append(run.Notes, c.notes...)
	return run, err
}
