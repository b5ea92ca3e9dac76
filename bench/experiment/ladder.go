package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/stats"
)

// The rules by which a rung is chosen.
const (
	// goodEnough is the share of the best throughput that the answer must reach.
	goodEnough = 0.97
	// worthwhile is the growth of throughput from a doubling that is still one.
	worthwhile = 1.02
	// queueShare is how much of the time that the objective leaves for waiting is
	// given to the queue; the rest absorbs its variance.
	queueShare = 0.8
)

// ladder measures numbers of workers: all doublings until they no longer pay,
// and then between the last two that matter. Where the number is given, it is
// the only rung.
func (z *sizing) ladder(ctx context.Context) error {
	if z.opts.Workers > 0 {
		_, err := z.try(ctx, z.opts.Workers)
		return err
	}
	stale := 0
	for w := 1; w <= z.opts.MaxWorkers && stale < 2; w *= 2 {
		before := z.best()
		rung, err := z.try(ctx, w)
		if err != nil {
			return err
		}
		if !z.keeps(rung) {
			break
		}
		stale++
		if rung.Throughput >= before*worthwhile {
			stale = 0
		}
	}
	return z.bisect(ctx)
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

// try measures one number of workers with as many clients and a few more, so
// that a worker finds its next request waiting: as often as there are trials, and
// once more for each of them that is invalid.
func (z *sizing) try(ctx context.Context, workers int) (bench.Rung, error) {
	s := z.suite
	first := len(z.run.Trials)
	for repeat, wanted := 0, s.Trials; repeat < wanted; repeat++ {
		p := s.spec(s.Servers[0], fmt.Sprintf("workers=%d", workers), repeat)
		p.load.Concurrency = workers + max(1, workers/4)
		p.workers, p.queue = workers, p.load.Concurrency
		p.load.Timeout, p.load.Limit = time.Minute, time.Minute
		p.steady(0, s.Duration)
		if err := s.runAll(ctx, z.run, []spec{p}); err != nil {
			return bench.Rung{}, err
		}
		if t := &z.run.Trials[len(z.run.Trials)-1]; !t.Validity.Valid && !s.Cores.Shared() && wanted < 2*s.Trials {
			t.Search = true // what counts is the next one
			wanted++
		}
	}
	rung := rungOf(workers, z.run.Trials[first:])
	at, _ := slices.BinarySearchFunc(z.Rungs, workers, func(r bench.Rung, w int) int { return r.Workers - w })
	z.Rungs = slices.Insert(z.Rungs, at, rung)
	return rung, nil
}

// rungOf sums up the valid trials of a number of workers.
func rungOf(workers int, trials []bench.Trial) bench.Rung {
	r := bench.Rung{Workers: workers, Trials: len(trials)}
	var throughput, p99, rss, cpu []float64
	for i := range trials {
		t := &trials[i]
		if !t.Validity.Valid {
			continue
		}
		r.Valid++
		throughput, p99 = append(throughput, t.Throughput), append(p99, t.Latency.Offered.P99.Float())
		rss, cpu = append(rss, t.Used().PeakRSS.Float()), append(cpu, t.Used().CPU.Float())
	}
	median := func(values []float64) bench.Value {
		if slices.ContainsFunc(values, math.IsNaN) {
			return bench.Value{}
		}
		return bench.Known(stats.EstimateOf(values).Median)
	}
	r.Throughput, r.P99, r.PeakRSS, r.CPU = median(throughput).Or(0), median(p99), median(rss), median(cpu)
	return r
}

// keeps tells whether a rung is within the objective and the memory. What no
// valid trial shows, it is not.
func (z *sizing) keeps(r bench.Rung) bool {
	return r.P99.Below(z.opts.P99.Seconds()) && (z.opts.MaxRSS == 0 || r.PeakRSS.Below(z.opts.MaxRSS))
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

// choose picks the rung to be tried in an open loop, with a queue. It returns why
// there is none, in a sentence.
func (z *sizing) choose() (why string) {
	z.Best = z.best()
	i := z.smallest()
	if i < 0 {
		return z.noRung()
	}
	chosen := z.Rungs[i]
	z.Workers, z.Chosen = chosen.Workers, chosen.Throughput
	z.FlatFrom, z.FlatTo = chosen.Workers, chosen.Workers
	for _, r := range z.Rungs[i:] {
		if r.Throughput >= goodEnough*z.Best && z.keeps(r) {
			z.FlatTo = r.Workers
		}
	}
	if z.Queue = z.opts.Queue; z.Queue < 0 {
		z.Queue = int(queueShare * chosen.Throughput * (z.opts.P99.Seconds() - chosen.P99.Float()))
	}
	if z.LimitedBy = z.limit(chosen); z.LimitedBy == "generator" {
		return "The generator was the bottleneck, so that the server's own limit was not found."
	}
	return ""
}

// noRung says why the ladder has no rung to choose.
func (z *sizing) noRung() string {
	r := z.Rungs[0]
	if r.Valid == 0 {
		last := z.run.Trials[len(z.run.Trials)-1]
		return fmt.Sprintf("None of %s with %s was valid: %s", bench.Counted(r.Trials, "trial"), bench.Counted(r.Workers, "worker"), last.Validity.Reasons[0])
	}
	if math.IsInf(r.P99.Float(), 1) {
		last := z.run.Trials[len(z.run.Trials)-1]
		return fmt.Sprintf("With %s too many requests fail: %s of %d.", bench.Counted(r.Workers, "worker"), last.Outcomes.Failures(), last.Offered)
	}
	return fmt.Sprintf("With %s the p99 is %.3g ms already.", bench.Counted(r.Workers, "worker"), 1e3*r.P99.Float())
}

// limit names what ran out.
func (z *sizing) limit(r bench.Rung) string {
	for _, t := range z.run.Trials {
		if t.Workers == r.Workers && t.Generator.CPU > load.MaxGeneratorCPU {
			return "generator"
		}
	}
	switch {
	case r.CPU.Or(0) >= 0.9*float64(z.Cores):
		return "cpu"
	case z.opts.MaxRSS > 0 && slices.ContainsFunc(z.Rungs, func(above bench.Rung) bool {
		return above.Workers > r.Workers && !above.PeakRSS.Below(z.opts.MaxRSS)
	}):
		return "memory"
	case z.stillRising():
		return "ladder"
	}
	return "unknown"
}

// stillRising tells whether the last rung was the best, and better than the one
// before it.
func (z *sizing) stillRising() bool {
	n := len(z.Rungs)
	last := z.Rungs[n-1]
	return n > 1 && last.Workers == z.FlatTo && last.Workers*2 > z.opts.MaxWorkers &&
		last.Throughput > worthwhile*z.Rungs[n-2].Throughput
}
