package main

import (
	"context"
	"fmt"

	"millpond/bench"
	"millpond/bench/experiment"
)

// idleFlags is who is connected beside the probe.
type idleFlags struct {
	Idle        int `help:"Idle keep-alive connections." default:"5000" placeholder:"COUNT"`
	HalfHeads   int `help:"Connections with half a request head sent." default:"1000" placeholder:"COUNT"`
	SlowReaders int `help:"Connections that take a large answer slowly." default:"100" placeholder:"COUNT"`
}

// backgrounds is the flags as the suite takes them.
func (f idleFlags) backgrounds() (experiment.Backgrounds, error) {
	if f.Idle < 0 || f.HalfHeads < 0 || f.SlowReaders < 0 {
		return experiment.Backgrounds{}, usageError{fmt.Errorf("--idle %d, --half-heads %d, --slow-readers %d: none may be negative",
			f.Idle, f.HalfHeads, f.SlowReaders)}
	}
	return experiment.Backgrounds(f), nil
}

// idleCommand is "bench idle".
type idleCommand struct {
	benchmark
	idleFlags
}

// Run probes every model beside connections that do nothing.
func (c *idleCommand) Run(ctx context.Context, con *console) error {
	backgrounds, err := c.backgrounds()
	if err != nil {
		return err
	}
	return c.run(ctx, con, func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
		return s.Idle(ctx, backgrounds)
	})
}
