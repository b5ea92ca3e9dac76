package main

import (
	"context"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/process"
)

// allCommand is "bench all".
type allCommand struct {
	benchmark
	retryFlags
	idleFlags
	sizeFlags
}

// Run does everything, into one report.
func (c *allCommand) Run(ctx context.Context, con *console) error {
	pulse, policy, err := c.insistent(c.Quick)
	if err != nil {
		return err
	}
	backgrounds, err := c.backgrounds()
	if err != nil {
		return err
	}
	size, err := c.options(nil, -1, -1)
	if err != nil {
		return err
	}
	return c.run(ctx, con, examine,
		func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
			return s.Contrast(ctx, experiment.Multiples)
		},
		func(ctx context.Context, s *experiment.Suite) (bench.Run, error) { return s.Pulse(ctx, pulse) },
		func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
			return s.Retry(ctx, pulse, policy)
		},
		func(ctx context.Context, s *experiment.Suite) (bench.Run, error) { return s.Idle(ctx, backgrounds) },
		func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
			s.Servers = []process.Server{c.sizeable()}
			size.Alone = process.Millpond(c.Server, "pool", c.BurnPerMs, -1, -1)
			return s.Size(ctx, size)
		},
	)
}
