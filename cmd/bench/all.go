package main

import (
	"context"

	"millpond/bench"
)

// allCommand is "bench all".
type allCommand struct {
	experiment
	shockFlags
	retryFlags
	idleFlags
	sizeFlags
}

// Run does everything, into one report.
func (c *allCommand) Run(ctx context.Context, con *console) error {
	shock, err := c.shock(c.Quick)
	if err != nil {
		return err
	}
	policy, err := c.policy()
	if err != nil {
		return err
	}
	crowds, err := c.crowds()
	if err != nil {
		return err
	}
	size, err := c.options(nil)
	if err != nil {
		return err
	}
	return c.run(ctx, con, examine,
		func(ctx context.Context, s *bench.Suite) (bench.Run, error) { return s.Contrast(ctx, bench.Multiples) },
		func(ctx context.Context, s *bench.Suite) (bench.Run, error) { return s.Pulse(ctx, shock) },
		func(ctx context.Context, s *bench.Suite) (bench.Run, error) { return s.Retry(ctx, shock, policy) },
		func(ctx context.Context, s *bench.Suite) (bench.Run, error) { return s.Idle(ctx, crowds) },
		func(ctx context.Context, s *bench.Suite) (bench.Run, error) {
			s.Candidates = []bench.Candidate{c.sizeable()}
			return s.Size(ctx, size)
		},
	)
}
