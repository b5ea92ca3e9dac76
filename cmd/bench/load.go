package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/load"
	"millpond/bench/process"
	"millpond/bench/report"
)

// loadCommand is "bench load".
type loadCommand struct {
	output
	target
	shape
	clients
	Fresh   bool `help:"Open a new connection for every request."`
	Threads int  `help:"Threads that send, one processor each." default:"1" placeholder:"COUNT"`
	GiveUp  bool `help:"End the load as soon as an objective of --slo is lost for sure."`
}

// Run loads the URL and writes what happened.
func (c *loadCommand) Run(ctx context.Context, con *console) error {
	result := &bench.Result{Started: time.Now(), Config: c.config(c.SLO)}
	objectives, err := c.objectives()
	if err != nil {
		return err
	}
	one, err := c.load()
	if err != nil {
		return usageError{err}
	}
	s, err := c.suite(ctx)
	if err != nil {
		return usageError{err}
	}
	if c.GiveUp {
		one.Losses = experiment.Losses(objectives, max(c.Limit, c.Timeout))
	}
	if err := c.ready(ctx, s.Servers[0], &c.output); err != nil {
		return err
	}
	what := fmt.Sprintf("%s to %s for %v after %v of warm-up", c.describe(), c.name(), one.Arrivals.Length()-c.Warmup, c.Warmup)
	fmt.Fprintln(con.stderr, what)
	show := newProgress(con.stderr)
	defer show.close()
	s.Notify = show.live
	run, err := s.Load(ctx, one)
	show.close()
	if _, bad := errors.AsType[*bench.ConfigError](err); bad {
		return usageError{err}
	}
	if len(run.Trials) == 0 {
		return err
	}
	run.Workload = c.name()
	if err := report.WriteTrial(con.stdout, &run.Trials[0], what); err != nil {
		return err
	}
	result.Env, result.Runs = environment(s), []bench.Run{run}
	result.Config.Arrivals = run.Trials[0].Arrivals
	return c.deliver(ctx, con, result, objectives)
}

// load turns the flags into a load, but for where it goes.
func (c *loadCommand) load() (load.Load, error) {
	segments, err := c.segments(c.Warmup, c.Duration)
	return load.Load{
		Arrivals:    load.Arrivals{Shape: c.Arrivals, Segments: segments, Seed: c.Seed},
		Concurrency: c.Concurrency, Warmup: c.Warmup, Timeout: c.Timeout, Limit: c.Limit,
		Connections: c.Connections, NewConnections: c.Fresh, Threads: c.Threads,
	}, err
}

// ready tells whether there is something to load, and somewhere to report to.
func (t *target) ready(ctx context.Context, server process.Server, o *output) error {
	if server.URL != "" {
		endpoint, err := load.NewEndpoint(ctx, server.URL)
		if err != nil {
			return usageError{err}
		}
		if err := endpoint.Reach(ctx); err != nil {
			return err
		}
	}
	return o.prepare()
}

// name is what is loaded, for people.
func (t *target) name() string {
	if t.Exec != "" {
		return t.Exec + " " + t.URL
	}
	return t.URL
}

// environment is this machine, with the processors that a suite uses.
func environment(s *experiment.Suite) bench.Env {
	e := process.ReadEnv()
	if len(s.Cores.Server) > 0 {
		e.GeneratorCores, e.ServerCores = s.Cores.Generator, s.Cores.Server
	}
	return e
}
