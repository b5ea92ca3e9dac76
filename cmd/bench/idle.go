package main

import (
	"context"
	"fmt"

	"millpond/bench"
)

// idleFlags is who is connected beside the probe.
type idleFlags struct {
	Idle        int `help:"Idle keep-alive connections." default:"5000"`
	HalfHeads   int `help:"Connections with half a request head sent." default:"1000"`
	SlowReaders int `help:"Connections that take a large answer slowly." default:"100"`
}

// crowds is the flags as the suite takes them.
func (f idleFlags) crowds() (bench.Crowds, error) {
	if f.Idle < 0 || f.HalfHeads < 0 || f.SlowReaders < 0 {
		return bench.Crowds{}, usageError{fmt.Errorf("--idle %d, --half-heads %d, --slow-readers %d: none may be negative",
			f.Idle, f.HalfHeads, f.SlowReaders)}
	}
	return bench.Crowds(f), nil
}

// idleCommand is "bench idle".
type idleCommand struct {
	experiment
	idleFlags
}

// Run probes every model beside crowds of idle connections.
func (c *idleCommand) Run(ctx context.Context, con *console) error {
	crowds, err := c.crowds()
	if err != nil {
		return err
	}
	return c.run(ctx, con, func(ctx context.Context, s *bench.Suite) (bench.Run, error) {
		return s.Idle(ctx, crowds)
	})
}
