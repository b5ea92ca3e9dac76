package sim

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// What is promised about overload, and the tests that hold it in the simulator,
// each with something that misses it:
//
//	goodput at any load, any number of workers   TestAnyNumberOfWorkers, TestAdaptiveMeetsTheTargets
//	those served are served fast                 TestAnyNumberOfWorkers
//	refusals come at once                        TestAnyNumberOfWorkers
//	nothing is shed below capacity               TestAdaptiveMeetsTheTargets, TestBurstsAreServed
//	well again after a step, a stall             TestRecoveryAfterAStep, TestCalmAfterAStep, TestStallWithRetries
//	deadlines                                    TestDeadlinesUnderOverload
//	one client at twenty times its share         TestFairness
//	a critical class beside a low one            TestPriority
//	auto                                         TestGate, TestGateFollowsASlowDownstream

// flooded simulates a flood of tasks that compute on one processor, and says what
// of the targets is missed.
func flooded(d Discipline, workers int, load float64) (miss string) {
	lasts := 20 * time.Second
	if load > 25 {
		lasts = 5 * time.Second
	}
	tasks := Run(Config{
		Workers:    workers,
		Classes:    []Class{{Discipline: d}},
		Processors: 1,
		Gated:      true,
		Polled:     true,
		Streams:    []Stream{{Gap: Exponential(time.Duration(float64(service) / load)), CPU: Constant(service)}},
		Lasts:      lasts,
		Timeout:    timeout,
		Seed:       3,
	})
	settled := func(t Task) bool { return t.Came >= time.Second && t.Ended < lasts } // as in a benchmark
	s, took := Summarize(tasks, settled), answers(tasks, settled)
	goodput, least := s.Share()*load/min(1, load), .95
	if load > 25 {
		least = .8
	}
	p50, p99 := Quantile(took, .5), Quantile(took, .99)
	r50, r99 := Quantile(s.Refusal, .5), Quantile(s.Refusal, .99)
	switch {
	case goodput < least || s.Counts[Late] > 0:
		return fmt.Sprintf("goodput %.3f, %d late; want %v and none", goodput, s.Counts[Late], least)
	case load >= 10 && (p50 > 25*ms || p99 > 40*ms):
		return fmt.Sprintf("served in %v and %v; want 25ms and 40ms", p50, p99)
	case load >= 3 && r50 > 5*ms:
		return fmt.Sprintf("half of the refusals take %v; want 5ms", r50)
	case load >= 3 && r99 > 500*ms+service || load >= 10 && r99 > 12*ms:
		return fmt.Sprintf("the last of the refusals take %v; want the patience, or 12ms from 10 ×", r99)
	}
	return ""
}

func TestAnyNumberOfWorkers(t *testing.T) {
	for _, load := range []float64{.5, .9, 1.5, 3, 10, 25, 100} {
		for _, workers := range []int{1, 8, 32, 4096} {
			if miss := flooded(Adaptive(0), workers, load); miss != "" {
				t.Errorf("%d workers at %v: %s", workers, load, miss)
			}
		}
		if load >= 3 && flooded(FIFO(512), 8, load) == "" {
			t.Errorf("FIFO with a count meets the targets at %v", load)
		}
	}
}

// A flood is noticed the sooner the greater it is, before its clients have all
// opened connections; that as many come at once as can be served in half a
// second, is none.
func TestFloodIsNoticed(t *testing.T) {
	for _, test := range []struct {
		gap   time.Duration
		until time.Duration
		by    time.Duration
	}{{service / 100, 0, 150 * ms}, {service / 10, 0, 150 * ms}, {service / 3, 0, 320 * ms}, {service / 100, 5 * ms, 0}} {
		var noticed time.Duration
		Run(Config{
			Workers: 8, Classes: []Class{{Discipline: Adaptive(0)}}, Processors: 1, Gated: true, Polled: true,
			Streams: []Stream{{Gap: Constant(test.gap), CPU: constant, Until: test.until}},
			Lasts:   time.Second,
			Overload: func(at time.Duration, _ bool) {
				if noticed == 0 {
					noticed = at
				}
			},
		})
		if (noticed > 0) != (test.by > 0) || noticed > test.by {
			t.Errorf("one each %v, until %v: noticed at %v; want by %v", test.gap, test.until, noticed, test.by)
		}
	}
}

// After a flood it is calm within a fifth of a second, however great it was: few
// are left, and they have been served by then. What comes meanwhile is served
// first (see TestRecoveryAfterAStep). Half of the capacity is left to them, or
// next to nothing of it, and then it takes longer.
func TestCalmAfterAStep(t *testing.T) {
	const ends = 3 * time.Second
	for _, test := range []struct {
		flood, after float64
		soon         bool
	}{{3, .5, true}, {10, .5, true}, {100, .5, true}, {3, .98, false}} {
		var calm time.Duration
		Run(Config{
			Workers: 1,
			Classes: []Class{{Discipline: Adaptive(0)}},
			Streams: []Stream{
				{Gap: Exponential(time.Duration(float64(service) / test.after)), Service: constant},
				{Gap: Exponential(time.Duration(float64(service) / test.flood)), Service: constant, From: time.Second, Until: ends},
			},
			Lasts: 10 * time.Second,
			Seed:  5,
			Overload: func(at time.Duration, overloaded bool) {
				if !overloaded && calm == 0 {
					calm = at
				}
			},
		})
		if soon := calm > ends && calm <= ends+200*ms; soon != test.soon {
			t.Errorf("after %v × and at %v × it is calm at %v; want it by %v: %v", test.flood, test.after, calm, ends+200*ms, test.soon)
		}
	}
}

// Workers that come for their next task at the same time, as those do that were
// all started by a flood and then wait equally long, empty the queue, and are not
// taken for the end of the flood.
func TestWorkersInStep(t *testing.T) {
	const seeds, lasts = 5, 4 * time.Second
	for _, workers := range []int{8, 32} {
		for _, load := range []time.Duration{3, 5, 10, 25} {
			episodes := 0
			for seed := range uint64(seeds) {
				tasks := Run(Config{
					Workers: workers,
					Classes: []Class{{Discipline: Adaptive(0)}},
					Streams: []Stream{{Gap: Exponential(50 * ms / time.Duration(workers) / load), Service: Constant(50 * ms)}},
					Lasts:   lasts,
					Timeout: timeout,
					Seed:    seed,
					Overload: func(_ time.Duration, overloaded bool) {
						if overloaded {
							episodes++
						}
					},
				})
				s := Summarize(tasks, func(task Task) bool { return task.Came >= time.Second && task.Ended < lasts })
				if goodput := s.Share() * float64(load); goodput < .95 {
					t.Errorf("%d workers at %d ×: goodput %.3f; want .95", workers, load, goodput)
				}
			}
			if episodes > 2*seeds {
				t.Errorf("%d workers at %d ×: %d episodes in %d runs; want two each at most", workers, load, episodes, seeds)
			}
		}
	}
}

// A worker that is stuck for a second, at .9 of what it can do and with clients
// that ask again three times, is well within two seconds; without a bound it
// never is.
func TestStallWithRetries(t *testing.T) {
	for _, test := range []struct {
		name string
		d    Discipline
		well bool
	}{
		{"adaptive", Adaptive(0), true},
		{"unbounded", FIFO(math.MaxInt), false},
	} {
		const stalls, lasts = 10 * time.Second, 30 * time.Second
		tasks := Run(Config{
			Workers: 1,
			Classes: []Class{{Discipline: test.d}, {Discipline: FIFO(1), Priority: 1}},
			Streams: []Stream{
				{Gap: Exponential(service * 10 / 9), Service: constant},
				{Class: 1, Gap: Constant(ms), Service: Constant(time.Second), From: stalls - ms, Until: stalls + ms/2},
			},
			Lasts:   lasts,
			Timeout: timeout,
			Retries: 3,
			Seed:    7,
		})
		after := stalls + time.Second + 2*time.Second
		s := Summarize(tasks, func(task Task) bool { return task.Stream == 0 && task.Ended >= after && task.Ended < lasts })
		goodput := float64(s.Counts[Served]) * service.Seconds() / (lasts - after).Seconds() / .9
		if well := goodput >= .95; well != test.well {
			t.Errorf("%s: goodput %.3f two seconds after the stall; want .95: %v", test.name, goodput, test.well)
		}
	}
}

// Tasks whose clients say by when they need the answer get it by then; that they
// do not say so cannot be made up for.
func TestDeadlinesUnderOverload(t *testing.T) {
	for _, within := range []time.Duration{50 * ms, 100 * ms, 200 * ms} {
		for _, test := range []struct {
			name  string
			s     Time
			least float64
		}{
			{"constant", constant, .96},
			{"exponential", exponential, .88},
		} {
			for _, load := range []float64{.9, 1.1, 3, 10} {
				for _, d := range []Discipline{Adaptive(0), FIFO(16384)} {
					stream := Stream{Gap: Exponential(time.Duration(float64(service) / load)), Service: test.s, Within: within}
					config := Config{Workers: 1, Classes: []Class{{Discipline: d}}, Streams: []Stream{stream},
						Lasts: 30 * time.Second, Timeout: within, Seed: 3}
					goodput := func() float64 { return Summarize(Run(config), nil).Share() * load / min(1, load) }
					if got := goodput(); got < test.least {
						t.Errorf("%s at %v, within %v: goodput %.3f; want %v", test.name, load, within, got, test.least)
					}
					config.Streams[0].Within = 0
					if got := goodput(); test.name == "constant" && load == 1.1 && got >= test.least {
						t.Errorf("at 1.1 with a deadline of %v that nobody knows of: goodput %.3f", within, got)
					}
				}
			}
		}
	}
}
