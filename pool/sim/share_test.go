package sim

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// One client at twenty times its share leaves the others whole, and so do
// clients without number.
func TestFairness(t *testing.T) {
	const others = 20
	share := 21 * service // between two tasks of a client that gets an equal share
	for _, test := range []struct {
		name string
		d    Discipline
		hog  func(*rand.Rand) uint64
		fair bool
	}{
		{"one hog", Adaptive(0), Client(99), true},
		{"no keys", Adaptive(0), nil, false},
	} {
		streams := []Stream{{Key: test.hog, Gap: Exponential(share / 20), Service: constant}}
		for i := range uint64(others) {
			s := Stream{Gap: Exponential(2 * share), Service: constant, From: time.Second}
			if test.hog != nil {
				s.Key = Client(1000 + i)
			}
			streams = append(streams, s)
		}
		worst := 1.0
		tasks := Run(Config{
			Workers: 1,
			Classes: []Class{{Discipline: test.d}},
			Streams: streams,
			Lasts:   400 * time.Second,
			Timeout: timeout,
			Seed:    7,
		})
		all := Summarize(tasks, func(task Task) bool { return task.Stream > 0 && task.Came > 2*time.Second })
		for i := range others {
			s := Summarize(tasks, func(task Task) bool { return task.Stream == i+1 && task.Came > 2*time.Second })
			worst = min(worst, s.Share())
		}
		total := Summarize(tasks, func(task Task) bool { return task.Ended < 400*time.Second })
		goodput := float64(total.Counts[Served]) * service.Seconds() / 400
		if fair := all.Share() >= .99 && worst >= .97; fair != test.fair || goodput < .97 {
			t.Errorf("%s: the others get %.4f, the worst off %.4f, goodput %.3f; want fair: %v", test.name, all.Share(), worst, goodput, test.fair)
		}
	}
}

// Many clients, each with a request now and then, are served and refused as fast
// as one that sends them all.
func TestManyClientsUnderOverload(t *testing.T) {
	for _, clients := range []int{1, 3, 100, 10_000, math.MaxInt32} {
		const lasts = 100 * time.Second
		s := Summarize(Run(Config{
			Workers: 1,
			Classes: []Class{{Discipline: Adaptive(0)}},
			Streams: []Stream{{Key: Clients(1, clients), Gap: Exponential(service / 10), Service: constant}},
			Lasts:   lasts,
			Timeout: timeout,
			Seed:    7,
		}), func(task Task) bool { return task.Ended < lasts })
		goodput := float64(s.Counts[Served]) * service.Seconds() / lasts.Seconds()
		if p50, p99 := Quantile(s.Waits, .5), Quantile(s.Waits, .99); goodput < .98 || p50 > 20*ms {
			t.Errorf("%d clients: goodput %.3f, p50 %v, p99 %v; want .98, 20ms", clients, goodput, p50, p99)
		}
		if p50 := Quantile(s.Refusal, .5); p50 > 5*ms {
			t.Errorf("%d clients: p50 of refusals %v; want 5ms", clients, p50)
		}
	}
}

// A low class at twelve times the capacity leaves a critical one at half of it
// whole, and is not starved.
func TestPriority(t *testing.T) {
	for _, test := range []struct {
		name     string
		priority int
		whole    bool
	}{
		{"priority", 1, true},
		{"none", 0, false},
	} {
		tasks := Run(Config{
			Workers: 2,
			Classes: []Class{{Discipline: Adaptive(0)}, {Discipline: Adaptive(0), Priority: test.priority}},
			Streams: []Stream{
				{Class: 0, Gap: Exponential(service / 2 / 12), Service: constant},
				{Class: 1, Gap: Exponential(service), Service: constant},
			},
			Lasts:   30 * time.Second,
			Timeout: timeout,
			Seed:    7,
		})
		low := Summarize(tasks, func(task Task) bool { return task.Stream == 0 })
		critical := Summarize(tasks, func(task Task) bool { return task.Stream == 1 })
		if whole := critical.Share() >= .999 && low.Share() >= .02; whole != test.whole {
			t.Errorf("%s: %.4f of the critical and %.3f of the low are served; want .999 and .02: %v",
				test.name, critical.Share(), low.Share(), test.whole)
		}
		if p99 := Quantile(critical.Waits, .99); test.whole && p99 > 25*ms {
			t.Errorf("%s: p99 of the critical %v; want 25ms", test.name, p99)
		}
	}
}

// Slow tasks in a class with its own workers keep no worker from quick ones, and
// the other way round; with Borrow, idle workers are of use to others.
func TestBulkhead(t *testing.T) {
	for _, test := range []struct {
		name   string
		slow   Class
		least  float64 // of the quick ones at 1.3 times what is left to them
		bounds bool
	}{
		{"own workers", Class{Workers: 2}, 0, true},
		{"none", Class{}, 0, false},
	} {
		test.slow.Discipline = Adaptive(0)
		tasks := Run(Config{
			Workers: 4,
			Classes: []Class{{Discipline: Adaptive(0)}, test.slow},
			Streams: []Stream{
				{Class: 0, Gap: Exponential(2 * ms), Service: Constant(2 * ms)},
				{Class: 1, Gap: Exponential(50 * ms), Service: Constant(time.Second)},
			},
			Lasts:   100 * time.Second,
			Timeout: 5 * time.Second,
			Seed:    7,
		})
		quick := Summarize(tasks, func(task Task) bool { return task.Stream == 0 })
		if bounds := quick.Share() == 1 && Quantile(quick.Waits, .99) < 20*ms; bounds != test.bounds {
			t.Errorf("%s: %.3f of the quick are served, p99 %v; want all and 20ms: %v",
				test.name, quick.Share(), Quantile(quick.Waits, .99), test.bounds)
		}
	}
}

// Workers that a class does not need are of use to others if it lets them.
func TestBorrow(t *testing.T) {
	for _, borrow := range []bool{false, true} {
		tasks := Run(Config{
			Workers: 4,
			Classes: []Class{{Discipline: Adaptive(0)}, {Discipline: Adaptive(0), Workers: 3, Borrow: borrow}},
			Streams: []Stream{{Gap: Exponential(service / 3), Service: constant}},
			Lasts:   100 * time.Second,
			Timeout: timeout,
			Seed:    7,
		})
		if s := Summarize(tasks, nil); (s.Share() == 1) != borrow {
			t.Errorf("borrow %v: %.3f served", borrow, s.Share())
		}
	}
}
