package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
	"millpond/bench/report"
)

// loadCommand is "bench load".
type loadCommand struct {
	output
	URL         string        `name:"url" required:"" help:"What to load, such as http://127.0.0.1:8080/task?cpu=5ms."`
	Rate        float64       `xor:"load" required:"" help:"Open loop: requests per second."`
	Ramp        string        `xor:"load" required:"" help:"Open loop: rate that goes from A to B in a straight line." placeholder:"A:B"`
	Concurrency int           `xor:"load" required:"" help:"Closed loop: clients that each wait for their answer."`
	Arrivals    string        `help:"Shape of the open loop: ${enum}." enum:"poisson,constant,burst" default:"poisson"`
	Duration    time.Duration `help:"How long to measure." default:"10s"`
	Warmup      time.Duration `help:"How long to load before that." default:"1s"`
	Timeout     time.Duration `help:"When a client gives up, from the intended send time." default:"1s"`
	Limit       time.Duration `help:"What counts as goodput, from the same time. Default: the timeout."`
	Connections int           `help:"Most connections open at once. Default: 10000, or what the limit on open files allows."`
	Fresh       bool          `help:"Open a new connection for every request."`
	Method      string        `help:"Method of the request." default:"GET"`
	Header      []string      `sep:"none" help:"Header field of the request; repeatable." placeholder:"'NAME: VALUE'"`
	Body        string        `help:"Body of the request, or @FILE."`
	Threads     int           `help:"Threads that send, one processor each." default:"1"`
	Seed        uint64        `help:"Seed of the schedule." default:"1"`
	AllowRemote bool          `help:"Allow a URL that is not on this host."`
}

// Run loads the URL and writes what happened.
func (c *loadCommand) Run(ctx context.Context, con *console) error {
	started := time.Now()
	objectives, err := c.objectives()
	if err != nil {
		return err
	}
	load, err := c.load(ctx)
	if err != nil {
		return usageError{err}
	}
	if err := load.Endpoint.Reach(ctx); err != nil {
		return err
	}
	if err := c.prepare(); err != nil {
		return err
	}
	fmt.Fprintf(con.stdout, "%s to %s for %v after %v of warm-up\n", c.describe(), c.URL, c.Duration, c.Warmup)
	trial, err := load.Run(ctx)
	if _, bad := errors.AsType[*bench.ConfigError](err); bad {
		return usageError{err}
	}
	if trial == nil {
		return err
	}
	trial.Server = c.URL
	if err := report.WriteTrial(con.stdout, trial); err != nil {
		return err
	}
	result := &bench.Result{
		Started: started, Env: process.ReadEnv(),
		Config: bench.Config{
			Seed: c.Seed, Arrivals: trial.Arrivals, Trials: 1, Connections: c.Connections, Objectives: c.SLO,
			Warmup: c.Warmup.Seconds(), Duration: c.Duration.Seconds(), Timeout: trial.Timeout, Limit: trial.Limit,
		},
		Runs: []bench.Run{{Kind: "load", Workload: c.URL, Trials: []bench.Trial{*trial}}},
	}
	return c.deliver(ctx, con, result, objectives)
}

// describe says what the load is, in words.
func (c *loadCommand) describe() string {
	switch {
	case c.Concurrency > 0:
		return fmt.Sprintf("closed loop of %d clients", c.Concurrency)
	case c.Ramp != "":
		return fmt.Sprintf("%s arrivals, %s requests/s", c.Arrivals, c.Ramp)
	}
	return fmt.Sprintf("%s arrivals, %g requests/s", c.Arrivals, c.Rate)
}

// load turns the flags into a load.
func (c *loadCommand) load(ctx context.Context) (*load.Load, error) {
	segments, err := c.segments()
	if err != nil {
		return nil, err
	}
	request := load.Request{Method: c.Method, Header: http.Header{}}
	for _, field := range c.Header {
		name, value, ok := strings.Cut(field, ":")
		if !ok {
			return nil, fmt.Errorf("header %q: write 'NAME: VALUE'", field)
		}
		request.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	request.Body = []byte(c.Body)
	if path, ok := strings.CutPrefix(c.Body, "@"); ok {
		if request.Body, err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
	}
	endpoint, err := load.NewEndpoint(ctx, c.URL, request)
	if err != nil {
		return nil, err
	}
	if !c.AllowRemote && !endpoint.Local() {
		return nil, fmt.Errorf("URL %q is not on this host: give --allow-remote if you may load it", c.URL)
	}
	return &load.Load{
		Endpoint: endpoint, Arrivals: load.Arrivals{Shape: c.Arrivals, Segments: segments, Seed: c.Seed},
		Concurrency: c.Concurrency, Warmup: c.Warmup, Timeout: c.Timeout, Limit: c.Limit,
		Connections: c.Connections, NewConnections: c.Fresh, Threads: c.Threads,
	}, nil
}

// segments is the course of the rate: the warm-up runs at the first rate.
func (c *loadCommand) segments() ([]load.Segment, error) {
	from, to := c.Rate, c.Rate
	if c.Ramp != "" {
		a, b, ok := strings.Cut(c.Ramp, ":")
		var errA, errB error
		from, errA = strconv.ParseFloat(a, 64)
		to, errB = strconv.ParseFloat(b, 64)
		if !ok || errA != nil || errB != nil {
			return nil, fmt.Errorf("ramp %q: write two rates, such as 100:5000", c.Ramp)
		}
	}
	if c.Concurrency == 0 && max(from, to) <= 0 {
		return nil, fmt.Errorf("rate %v: it must be above 0", max(from, to))
	}
	if from == to {
		return []load.Segment{{From: from, To: to, Length: c.Warmup + c.Duration}}, nil
	}
	ramp := load.Segment{Name: "ramp", From: from, To: to, Length: c.Duration}
	if c.Warmup == 0 {
		return []load.Segment{ramp}, nil
	}
	return []load.Segment{{Name: "warm-up", From: from, To: from, Length: c.Warmup}, ramp}, nil
}
