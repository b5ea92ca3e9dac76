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

// It leaves them whole from the beginning, too, when little is known of anybody.
func TestFairnessAtOnce(t *testing.T) {
	const share = 21 * service
	streams := []Stream{{Key: Client(99), Gap: Exponential(share / 20), CPU: constant}}
	for i := range uint64(20) {
		streams = append(streams, Stream{Key: Client(1000 + i), Gap: Exponential(2 * share), CPU: constant})
	}
	var offered, served int
	for seed := range uint64(40) {
		s := Summarize(Run(onOneCore(seed, 2500*ms, streams...)), func(task Task) bool { return task.Stream > 0 && task.Came > 500*ms })
		offered += s.Offered
		served += s.Counts[Served]
	}
	if got := float64(served) / float64(offered); got < .995 {
		t.Errorf("the others get %.4f of %d; want .995", got, offered)
	}
}

// onOneCore is a server with its defaults whose one processor its workers share with
// the look at what has come.
func onOneCore(seed uint64, lasts time.Duration, streams ...Stream) Config {
	return Config{
		Workers:    8,
		Classes:    []Class{{Discipline: Adaptive(0)}},
		Processors: 1,
		Gated:      true,
		Polled:     true,
		Streams:    streams,
		Lasts:      lasts,
		Timeout:    timeout,
		Seed:       seed,
	}
}

// Many clients, each with a request now and then, are served and refused as fast
// as one that sends them all.
func TestManyClientsUnderOverload(t *testing.T) {
	for _, clients := range []int{1, 3, 100, 2000, math.MaxInt32} {
		for _, load := range []float64{3, 10} {
			testManyClients(t, clients, load)
		}
	}
}

func testManyClients(t *testing.T, clients int, load float64) {
	const lasts = 20 * time.Second
	stream := Stream{Key: Clients(1, clients), Gap: Exponential(time.Duration(float64(service) / load)), CPU: constant}
	s := Summarize(Run(onOneCore(7, lasts, stream)), func(task Task) bool { return task.Came > time.Second && task.Ended < lasts })
	goodput := s.Share() * load
	if p50, p99 := Quantile(s.Waits, .5), Quantile(s.Waits, .99); goodput < .98 || p50 > 20*ms {
		t.Errorf("%d clients at %v: goodput %.3f, p50 %v, p99 %v; want .98, 20ms", clients, load, goodput, p50, p99)
	}
	if p50 := Quantile(s.Refusal, .5); p50 > 5*ms {
		t.Errorf("%d clients at %v: p50 of refusals %v; want 5ms", clients, load, p50)
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
