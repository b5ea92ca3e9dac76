package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"millpond/bench"
	"millpond/bench/process"
)

// SizeOptions says how far Size looks, and what it must keep.
type SizeOptions struct {
	// P99 is the objective for the 99th percentile of the latency of all that is
	// offered.
	P99 time.Duration
	// MaxRSS is the most memory that the server may use, in bytes; 0: any.
	MaxRSS float64
	// MaxWorkers ends the ladder. If zero, 1024.
	MaxWorkers int
	// Workers and Queue are given, not looked for, where they are not negative.
	Workers, Queue int
	// Alone, if it has a command, is the same server with nothing set, to find
	// out whether anything is worth setting.
	Alone process.Server
}

// ParseSizeOptions takes the objectives of a size: a bound on p99, which it
// needs, and one on rss.
func ParseSizeOptions(objectives []string) (SizeOptions, error) {
	opts := SizeOptions{Workers: -1, Queue: -1}
	for _, text := range objectives {
		o, err := bench.ParseObjective(text)
		if err != nil {
			return opts, err
		}
		switch {
		case o.Metric == "p99" && o.Less:
			opts.P99 = time.Duration(o.Bound * 1e9)
		case o.Metric == "rss" && o.Less:
			opts.MaxRSS = o.Bound
		default:
			return opts, fmt.Errorf("objective %q: a size is chosen by p99<… and rss<… only", text)
		}
	}
	if opts.P99 <= 0 {
		return opts, errors.New("a size needs an objective for p99, such as p99<200ms")
	}
	return opts, nil
}

// objective is the options in the words of a user.
func (o SizeOptions) objective() string {
	text := fmt.Sprintf("p99<%v", o.P99)
	if o.MaxRSS > 0 {
		text += fmt.Sprintf(" and rss<%.0fMiB", o.MaxRSS/(1<<20))
	}
	return text
}

// sizing is a search under way.
type sizing struct {
	suite *Suite
	run   *bench.Run
	opts  SizeOptions
	bench.Sizing
}

// Size finds the smallest number of workers of the first server that reaches
// nearly the best throughput within the objective, and a queue that keeps it. It
// recommends only what it has tried in an open loop, in valid trials, and says
// whether the server does as well when nothing is set. The server's command must
// have {workers} in it.
//
// The search controls concurrency, because every concurrency has a steady state,
// whereas a rate beyond capacity only grows a backlog.
func (s *Suite) Size(ctx context.Context, opts SizeOptions) (bench.Run, error) {
	run := s.newRun("size")
	if !s.Servers[0].Takes("{workers}") {
		return run, &bench.ConfigError{Err: errors.New("the server's command has no {workers}, so there is nothing to choose")}
	}
	if opts.MaxWorkers == 0 {
		opts.MaxWorkers = 1024
	}
	z := &sizing{suite: s, run: &run, opts: opts}
	run.Sizing = &z.Sizing
	z.Objective, z.Cores = opts.objective(), len(s.Cores.Server)
	if err := s.greet(ctx); err != nil {
		return run, err
	}
	if err := z.ladder(ctx); err != nil {
		return run, err
	}
	why := z.choose()
	if why == "" {
		run.Capacity = z.Chosen
		if err := z.confirm(ctx); err != nil {
			return run, err
		}
	}
	z.answer(why)
	return run, nil
}
