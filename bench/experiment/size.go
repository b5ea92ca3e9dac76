package experiment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"millpond/bench"
	"millpond/bench/load"
)

// The rules by which Size chooses.
const (
	// goodEnough is the share of the best throughput that the answer must reach.
	goodEnough = 0.97
	// worthwhile is the growth of throughput from a doubling that is still one.
	worthwhile = 1.02
	// queueShare is how much of the time that the objective leaves for waiting is
	// given to the queue; the rest absorbs its variance.
	queueShare = 0.8
	// The marks of a confirmation, at 0.9 and 1.5 times the chosen throughput.
	confirmAttainment = 0.99
	confirmGoodput    = 0.95
)

// SizeOptions says how far Size looks, and what it must keep.
type SizeOptions struct {
	// P99 is the objective for the 99th percentile of the latency.
	P99 time.Duration
	// MaxWorkers ends the ladder. If zero, 1024.
	MaxWorkers int
	// MaxRSS is the most memory that the server may use, in bytes; 0: any.
	MaxRSS int64
}

// ParseSizeOptions takes the objectives of a size: a bound on p99, which it needs,
// and one on rss.
func ParseSizeOptions(objectives []string) (SizeOptions, error) {
	var opts SizeOptions
	for _, o := range objectives {
		slo, err := bench.ParseObjective(o)
		if err != nil {
			return opts, err
		}
		switch {
		case slo.Metric == "p99" && slo.Less:
			opts.P99 = time.Duration(slo.Bound * 1e9)
		case slo.Metric == "rss" && slo.Less:
			opts.MaxRSS = int64(slo.Bound)
		default:
			return opts, fmt.Errorf("objective %q: a size is chosen by p99<… and rss<… only", o)
		}
	}
	if opts.P99 <= 0 {
		return opts, errors.New("a size needs an objective for p99, such as p99<200ms")
	}
	return opts, nil
}

// sizing is a search under way.
type sizing struct {
	suite *Suite
	run   *bench.Run
	opts  SizeOptions
	bench.Sizing
}

// Size finds the smallest number of workers of the first server that reaches
// nearly the best throughput within the objective, and the longest queue that
// keeps it, and confirms both in an open loop. The server's command must have
// {workers} in it.
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
	if err := z.climb(ctx); err != nil {
		return run, err
	}
	if err := z.bisect(ctx); err != nil {
		return run, err
	}
	z.choose()
	if !z.Applies {
		return run, nil
	}
	run.Capacity = z.Chosen
	return run, z.confirm(ctx)
}

// climb doubles the workers until that no longer pays.
func (z *sizing) climb(ctx context.Context) error {
	stale := 0
	for w := 1; w <= z.opts.MaxWorkers; w *= 2 {
		before := z.best()
		rung, err := z.try(ctx, w)
		if err != nil {
			return err
		}
		if rung.Throughput >= before*worthwhile {
			stale = 0
		} else {
			stale++
		}
		if stale == 2 || !z.keeps(rung) {
			break
		}
	}
	return nil
}

// try measures one number of workers with as many clients and a few more, so
// that a worker finds its next request waiting.
func (z *sizing) try(ctx context.Context, workers int) (bench.Rung, error) {
	p := z.suite.spec(z.suite.Servers[0], fmt.Sprintf("workers=%d", workers), 0)
	p.load.Concurrency = workers + max(1, workers/4)
	p.workers, p.queue = workers, p.load.Concurrency
	p.load.Timeout, p.load.Limit = time.Minute, time.Minute
	p.steady(0, z.suite.Duration)
	if err := z.suite.runAll(ctx, z.run, []spec{p}); err != nil {
		return bench.Rung{}, err
	}
	t := &z.run.Trials[len(z.run.Trials)-1]
	if failed := t.Outcomes.Failed(); float64(failed) > 0.01*float64(t.Offered) || t.Offered == 0 {
		return bench.Rung{}, fmt.Errorf("with %d workers and a queue of %d, %d of %d requests failed: %+v",
			workers, p.queue, failed, t.Offered, t.Outcomes)
	}
	rung := bench.Rung{
		Workers: workers, Throughput: t.Throughput, P99: t.Latency.Offered.P99,
		PeakRSS: t.Used().PeakRSS, CPU: t.Used().CPU,
	}
	at, _ := slices.BinarySearchFunc(z.Rungs, workers, func(r bench.Rung, w int) int { return r.Workers - w })
	z.Rungs = slices.Insert(z.Rungs, at, rung)
	return rung, nil
}

// keeps tells whether a rung is within the objective and the memory.
func (z *sizing) keeps(r bench.Rung) bool {
	return r.P99.Below(z.opts.P99.Seconds()) && (z.opts.MaxRSS == 0 || r.PeakRSS.Below(float64(z.opts.MaxRSS)))
}

// best is the highest throughput of the rungs that may be chosen.
func (z *sizing) best() float64 {
	var best float64
	for _, r := range z.Rungs {
		if z.keeps(r) {
			best = max(best, r.Throughput)
		}
	}
	return best
}

// smallest is the index of the lowest rung that is good enough, -1 if none is.
func (z *sizing) smallest() int {
	best := z.best()
	return slices.IndexFunc(z.Rungs, func(r bench.Rung) bool { return z.keeps(r) && r.Throughput >= goodEnough*best && best > 0 })
}

// bisect narrows the gap below the smallest good rung to a quarter.
func (z *sizing) bisect(ctx context.Context) error {
	for {
		i := z.smallest()
		if i < 1 {
			return nil
		}
		low, high := z.Rungs[i-1].Workers, z.Rungs[i].Workers
		if high-low < 2 || float64(high) < 1.25*float64(low) {
			return nil
		}
		if _, err := z.try(ctx, (low+high)/2); err != nil {
			return err
		}
	}
}

// choose draws the conclusion from the ladder.
func (z *sizing) choose() {
	z.Best = z.best()
	i := z.smallest()
	if i < 0 {
		z.Why = fmt.Sprintf("No number of workers keeps a p99 of %v: a single one already has %v.",
			z.opts.P99, time.Duration(z.Rungs[0].P99.Or(0)*1e9).Round(100*time.Microsecond))
		return
	}
	chosen := z.Rungs[i]
	z.Workers, z.Chosen = chosen.Workers, chosen.Throughput
	z.FlatFrom, z.FlatTo = chosen.Workers, chosen.Workers
	for _, r := range z.Rungs[i:] {
		if r.Throughput >= goodEnough*z.Best && z.keeps(r) {
			z.FlatTo = r.Workers
		}
	}
	z.Queue = int(queueShare * chosen.Throughput * (z.opts.P99.Seconds() - chosen.P99.Or(0)))
	z.LimitedBy = z.limit(chosen)
	if z.LimitedBy == "generator" {
		z.Why = "The generator was the bottleneck, so the server's own limit was not found."
		return
	}
	z.Applies = true
	z.Why = fmt.Sprintf("%d workers reach %.1f %% of the best throughput that keeps the objective, %.0f requests/s.",
		z.Workers, 100*z.Chosen/z.Best, z.Best)
	if z.FlatTo > z.FlatFrom {
		z.Why += fmt.Sprintf(" Any number from %d to %d is within 3 %%.", z.FlatFrom, z.FlatTo)
	}
	if z.stillRising() {
		z.LimitedBy = "ladder"
		z.Why += fmt.Sprintf(" Throughput still rose at %d workers, the end of the ladder: requests that mostly wait gain "+
			"from every worker, so that memory, or what they wait for, sets the number. --max-workers allows more.", z.FlatTo)
	}
}

// stillRising tells whether the last rung was the best, and better than the one
// before it.
func (z *sizing) stillRising() bool {
	n := len(z.Rungs)
	last := z.Rungs[n-1]
	return n > 1 && last.Workers == z.FlatTo && last.Workers*2 > z.opts.MaxWorkers &&
		last.Throughput > worthwhile*z.Rungs[n-2].Throughput
}

// limit names what ran out.
func (z *sizing) limit(r bench.Rung) string {
	for _, t := range z.run.Trials {
		if t.Workers == r.Workers && t.Generator.CPU > load.MaxGeneratorCPU {
			return "generator"
		}
	}
	if r.CPU.Or(0) >= 0.9*float64(len(z.suite.Cores.Server)) {
		return "cpu"
	}
	for _, above := range z.Rungs {
		if above.Workers > r.Workers && z.opts.MaxRSS > 0 && !above.PeakRSS.Below(float64(z.opts.MaxRSS)) {
			return "memory"
		}
	}
	return "unknown"
}
