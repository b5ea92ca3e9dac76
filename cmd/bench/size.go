package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/process"
)

// sizeFlags is how far to look for a size.
type sizeFlags struct {
	MaxWorkers int `help:"End of the ladder of worker counts." default:"1024" placeholder:"COUNT"`
}

// defaultObjective is what a size keeps if nothing else is asked.
const defaultObjective = "p99<200ms"

// options is the flags as the suite takes them, with the objectives of --slo.
func (f sizeFlags) options(slos []string, workers, queue int) (experiment.SizeOptions, error) {
	if f.MaxWorkers < 1 {
		return experiment.SizeOptions{}, usageError{fmt.Errorf("--max-workers %d: it must be 1 or more", f.MaxWorkers)}
	}
	if len(slos) == 0 {
		slos = []string{defaultObjective}
	}
	opts, err := experiment.ParseSizeOptions(slos)
	if err != nil {
		return opts, usageError{err}
	}
	opts.MaxWorkers, opts.Workers, opts.Queue = f.MaxWorkers, workers, queue
	return opts, nil
}

// sizeCommand is "bench size".
type sizeCommand struct {
	benchmark
	sizeFlags
	Exec string `help:"Command line of the server to size, with {addr}, {workers} and {queue}. Default: millpond's pool." placeholder:"'CMD --addr {addr} --workers {workers} --queue {queue}'"`
}

// Run finds how many workers and how long a queue suit a server. A number of
// either that is given is kept.
func (c *sizeCommand) Run(ctx context.Context, con *console) error {
	opts, err := c.options(c.SLO, c.Workers, c.Queue)
	if err != nil {
		return err
	}
	if len(c.Target) > 0 {
		return usageError{errors.New("--target: size starts its server itself, with --exec")}
	}
	if !slices.Equal(c.Models, bench.Models) && !slices.Equal(c.Models, []string{"pool"}) {
		return usageError{fmt.Errorf("--models %s: only the pool has a size", strings.Join(c.Models, ","))}
	}
	c.Models = []string{"pool"}
	s, remove, err := c.prepare(ctx, con)
	if err != nil {
		return err
	}
	defer remove()
	return c.perform(ctx, con, s, func(ctx context.Context, suite *experiment.Suite) (bench.Run, error) {
		if c.Exec == "" {
			suite.Servers = []process.Server{c.sizeable()}
			opts.Alone = process.Millpond(c.Server, "pool", c.BurnPerMs, -1, -1)
		}
		return suite.Size(ctx, opts)
	})
}

// prepare sets up a session for the user's server or millpond's.
func (c *sizeCommand) prepare(ctx context.Context, con *console) (*session, func(), error) {
	if c.Exec == "" {
		return c.setUp(ctx, con)
	}
	server, err := process.Shell("server", c.Exec)
	if err != nil {
		return nil, nil, usageError{err}
	}
	workload, err := c.check()
	if err != nil {
		return nil, nil, usageError{err}
	}
	s, err := c.open()
	if err != nil {
		return nil, nil, err
	}
	s.suite.Servers, s.suite.Workload = []process.Server{server}, workload
	return s, func() {}, nil
}
