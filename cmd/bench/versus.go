package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/load"
	"millpond/bench/process"
	"millpond/bench/stats"
)

// versusCommand is "bench versus".
type versusCommand struct {
	measure
	axis
	gate
	Before      string   `arg:"" help:"millpond's server as it was: a program."`
	After       string   `arg:"" help:"millpond's server as it is."`
	Workload    string   `help:"What each request asks for, as for contrast." default:"cpu" placeholder:"WHAT"`
	ServerFlags []string `sep:"none" help:"Flag for both servers; repeatable." placeholder:"'--workers=8'"`
	BurnPerMs   int64    `help:"Iterations of CPU work per millisecond, the same for both. Default: measured." default:"-1" placeholder:"COUNT"`
}

// Run loads two builds in turns, and says what has changed.
func (c *versusCommand) Run(ctx context.Context, con *console) error {
	workload, err := c.checkVersus()
	if err != nil {
		return usageError{err}
	}
	s, err := c.open()
	if err != nil {
		return err
	}
	if s.suite.Calibrated = c.BurnPerMs < 0; s.suite.Calibrated {
		if c.BurnPerMs, err = process.Calibrate(ctx, c.build(bench.Before, c.Before), s.suite.Cores.Server); err != nil {
			return err
		}
	}
	s.suite.Workload, s.suite.Capacity = workload, c.Capacity
	s.suite.Servers = []process.Server{c.build(bench.Before, c.Before), c.build(bench.After, c.After)}
	s.result.Env.BurnPerMS = c.BurnPerMs
	err = c.perform(ctx, con, s, func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
		return s.Versus(ctx, c.Multiples)
	})
	if err != nil {
		return err
	}
	comparison, err := stats.Versus(&s.result.Runs[0])
	if err != nil {
		return err
	}
	return c.judge(con, comparison)
}

// checkVersus reports every fault of the flags before anything runs.
func (c *versusCommand) checkVersus() (load.Workload, error) {
	errs := []error{c.axis.check(experiment.VersusMultiples)}
	for _, path := range []string{c.Before, c.After} {
		if _, err := exec.LookPath(path); err != nil {
			errs = append(errs, fmt.Errorf("versus compares two programs: %w", err))
		}
	}
	workload, err := load.ParseWorkload(c.Workload)
	return workload, errors.Join(append(errs, err)...)
}

// build is one of the two builds as a server.
func (c *versusCommand) build(name, path string) process.Server {
	server := process.Millpond(path, "pool", c.BurnPerMs, -1, -1)
	server.Name, server.Command = name, append(server.Command, c.ServerFlags...)
	return server
}
