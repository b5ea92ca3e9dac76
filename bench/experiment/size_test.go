package experiment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"millpond/bench"
	"millpond/bench/process"
)

// rungs is a sizing with measured rungs on two processors.
func rungs(rungs ...bench.Rung) *sizing {
	z := &sizing{
		suite: &Suite{Cores: process.Cores{Generator: []int{0}, Server: []int{1, 2}}}, run: new(bench.Run),
		opts: SizeOptions{P99: 200 * time.Millisecond, MaxWorkers: 64, Workers: -1, Queue: -1},
	}
	z.Objective, z.Cores, z.Rungs = z.opts.objective(), 2, rungs
	return z
}

// rung is one with three valid trials.
func rung(workers int, throughput, p99, cpu float64) bench.Rung {
	return bench.Rung{Workers: workers, Trials: 3, Valid: 3, Throughput: throughput, P99: bench.Known(p99), CPU: bench.Known(cpu), PeakRSS: bench.Known(1e6)}
}

func TestChoiceOfSize(t *testing.T) {
	for name, tc := range map[string]struct {
		z                        *sizing
		why                      string
		workers, from, to, queue int
		limit                    string
	}{
		"cpu":                           {rungs(rung(1, 198, 0.006, 1.9), rung(2, 200, 0.012, 2), rung(4, 199, 0.025, 2)), "", 1, 1, 4, 30, "cpu"},
		"wait":                          {rungs(rung(8, 160, 0.05, 0.1), rung(16, 320, 0.05, 0.2), rung(24, 480, 0.05, 0.3), rung(32, 485, 0.06, 0.3)), "", 24, 24, 32, 57, "unknown"},
		"still rising":                  {rungs(rung(32, 320, 0.1, 0), rung(64, 640, 0.1, 0)), "", 64, 64, 64, 51, "ladder"},
		"too slow":                      {rungs(rung(1, 3, 0.3, 0)), "With 1 worker the p99 is 300 ms already.", 0, 0, 0, 0, ""},
		"the best breaks the objective": {rungs(rung(1, 100, 0.05, 0), rung(2, 190, 0.25, 0)), "", 1, 1, 1, 12, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			z := tc.z
			if why := z.choose(); why != tc.why {
				t.Errorf("%q, want %q", why, tc.why)
			}
			if z.Workers != tc.workers || z.FlatFrom != tc.from || z.FlatTo != tc.to ||
				z.Queue < tc.queue-1 || z.Queue > tc.queue+1 || z.LimitedBy != tc.limit {
				t.Errorf("got %+v", z.Sizing)
			}
		})
	}
}

func TestChoiceIsBound(t *testing.T) {
	z := rungs(rung(1, 1e5, 0.001, 0.5))
	z.run.Trials = []bench.Trial{{Workers: 1, Generator: bench.Generator{CPU: 0.95}}}
	if why := z.choose(); !strings.Contains(why, "generator") {
		t.Errorf("%q, want no answer because of the generator", why)
	}
	z = rungs(rung(1, 100, 0.01, 0.5))
	z.opts.Queue = 7
	if z.choose(); z.Queue != 7 {
		t.Errorf("a queue of %d, want the 7 that were given", z.Queue)
	}
	z = rungs(bench.Rung{Workers: 1, Trials: 2})
	z.run.Trials = []bench.Trial{{Validity: bench.Validity{Reasons: []string{"Noise."}}}}
	if why := z.choose(); !strings.Contains(why, "None of 2 trials with 1 worker was valid: Noise.") {
		t.Errorf("%q, want that nothing is valid", why)
	}
}

func TestRungsAreMediansOfValidTrials(t *testing.T) {
	trial := func(throughput float64, valid bool) bench.Trial {
		return bench.Trial{Throughput: throughput, Validity: bench.Validity{Valid: valid}, Latency: bench.Latency{Offered: bench.Percentiles{P99: bench.Known(throughput / 1000)}}}
	}
	r := rungOf(4, []bench.Trial{trial(100, true), trial(9, false), trial(120, true), trial(110, true)})
	if r.Throughput != 110 || r.P99 != bench.Known(0.11) || r.Trials != 4 || r.Valid != 3 || r.PeakRSS.Known() {
		t.Errorf("got %+v, want the median of three, and no memory, since that is not known", r)
	}
	if r := rungOf(4, []bench.Trial{trial(9, false)}); r.Valid != 0 || r.P99.Known() {
		t.Errorf("got %+v of no valid trial", r)
	}
}

// TestSizeRecommendsWhatItTried checks the sentence for what was tried.
func TestSizeRecommendsWhatItTried(t *testing.T) {
	size := bench.Tried{Workers: 8, Queue: 40, Attainment: bench.Known(0.999), Goodput: 0.99, Valid: true, Kept: true}
	disturbed := bench.Tried{Workers: 8, Queue: 40, Attainment: bench.Known(0.999), Goodput: 0.99}
	worse := bench.Tried{Workers: -1, Queue: -1, Attainment: bench.Known(0.9), Goodput: 0.5, Valid: true}
	alone := bench.Tried{Workers: -1, Queue: -1, Attainment: bench.Known(1), Goodput: 0.98, Valid: true, Kept: true}
	for name, tc := range map[string]struct {
		tried              []bench.Tried
		why                string
		recommended, worth bool
		want               string
	}{
		"worth setting": {[]bench.Tried{size, worse}, "", true, true,
			"On 2 processors, for p99<200ms, run 8 workers and a queue of 40: it answered 99.9 % in time at 0.9 × 200/s, and 99 % of that rate at 1.5 ×. " +
				"With nothing set, the server answered 90.0 % in time"},
		"nothing is": {[]bench.Tried{size, alone}, "", true, false,
			"On 2 processors, for p99<200ms, nothing is worth setting: by itself the server answered 100.0 % in time"},
		"only disturbed trials": {[]bench.Tried{disturbed, alone}, "", false, false,
			"On 2 processors, for p99<200ms, no size can be recommended. The last one that was tried, 8 workers and a queue of 40, answered 99.9 % in time at 0.9 × 200/s, " +
				"and 99 % of that rate at 1.5 ×, but in trials that are not valid. With nothing set, the server answered 100.0 %"},
		"nothing to try": {nil, "With 1 worker the p99 is 300 ms already.", false, false,
			"On 2 processors, for p99<200ms, no size can be recommended. With 1 worker the p99 is 300 ms already."},
	} {
		t.Run(name, func(t *testing.T) {
			z := rungs()
			z.Chosen, z.Workers, z.Queue, z.Tried, z.Recommended = 200, 8, 40, tc.tried, tc.recommended
			z.answer(tc.why)
			if !strings.HasPrefix(z.Answer, tc.want) || z.WorthSetting != tc.worth {
				t.Errorf("worth setting %v, answer %q\nwant %v and %q", z.WorthSetting, z.Answer, tc.worth, tc.want)
			}
			if !tc.recommended && (z.Workers != 0 || z.Queue != 0) {
				t.Errorf("%d workers and a queue of %d are left although nothing is recommended", z.Workers, z.Queue)
			}
		})
	}
}

// TestSizeTriesEachRungAsOftenAsAsked climbs a real ladder of few rungs, on a
// server that is good for any number of workers.
func TestSizeTriesEachRungAsOftenAsAsked(t *testing.T) {
	for given, last := range map[int]int{-1: 2, 3: 3} {
		s := suite(t, kind("told", "{addr}", "{workers}"))
		s.Trials, s.Duration = 2, 100*time.Millisecond
		z := &sizing{suite: s, run: new(bench.Run), opts: SizeOptions{P99: time.Minute, MaxWorkers: 2, Workers: given, Queue: -1}}
		if err := z.ladder(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, trial := range z.run.Trials {
			got[trial.Phase]++
		}
		for _, r := range z.Rungs { // one, if the machine was so busy that none was valid
			if n := got[fmt.Sprintf("workers=%d", r.Workers)]; n < 2 || n != r.Trials || r.Workers > last {
				t.Errorf("%d trials of %d workers, of which the rung knows %d, want at least two", n, r.Workers, r.Trials)
			}
		}
		if len(z.Rungs) == 0 || given > 0 && (len(z.Rungs) != 1 || z.Rungs[0].Workers != given) {
			t.Errorf("got rungs %+v with %d workers given", z.Rungs, given)
		}
	}
}

func TestSizeNeedsSomethingToChoose(t *testing.T) {
	s := &Suite{Servers: []process.Server{{Name: "fixed", Command: []string{"server"}}}}
	_, err := s.Size(context.Background(), SizeOptions{P99: time.Second})
	if _, ok := errors.AsType[*bench.ConfigError](err); !ok {
		t.Errorf("got error %v, want a ConfigError", err)
	}
}

func TestSizeObjectives(t *testing.T) {
	opts, err := ParseSizeOptions([]string{"p99<150ms", "rss<1GiB"})
	if err != nil || opts.P99 != 150*time.Millisecond || opts.MaxRSS != 1<<30 {
		t.Errorf("got %+v and error %v", opts, err)
	}
	for _, bad := range [][]string{nil, {"rss<1GiB"}, {"p99>1ms"}, {"goodput>3"}, {"nonsense"}} {
		if _, err := ParseSizeOptions(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
