package sim

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"millpond/pool/internal/policy"
)

// constant service of 5 ms, or a mean of it; a client gives up after a second.
const (
	service = 5 * ms
	timeout = time.Second
)

var (
	constant    = Constant(service)
	exponential = Exponential(service)
	bimodal     = Bimodal(500*time.Microsecond, 20*ms, .05)
)

// mean is that of the times.
func mean(s Time) time.Duration {
	rnd := rand.New(rand.NewPCG(9, 9))
	const n = 20_000
	var sum time.Duration
	for range n {
		sum += s(rnd)
	}
	return sum / n
}

// loaded simulates one worker at a load, with arrivals at random.
func loaded(d Discipline, s Time, load float64, lasts time.Duration) Summary {
	gap := time.Duration(float64(mean(s)) / load)
	tasks := Run(Config{
		Workers: 1,
		Classes: []Class{{Discipline: d}},
		Streams: []Stream{{Gap: Exponential(gap), Service: s}},
		Lasts:   lasts,
		Timeout: timeout,
		Seed:    3,
	})
	return Summarize(tasks, func(t Task) bool { return t.Ended < lasts })
}

// missed are the goals that a discipline misses.
func missed(d Discipline) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, g := range goals {
			if why := g.miss(d); why != "" && !yield(why) {
				return
			}
		}
	}
}

// goal is the least goodput at a load, as a share of the lesser of load and
// capacity.
type goal struct {
	name  string
	s     Time
	load  float64
	least float64
}

var goals = []goal{
	{"constant", constant, .5, 1},
	{"constant", constant, .9, 1},
	{"constant", constant, 1.1, .98},
	{"constant", constant, 3, .98},
	{"constant", constant, 10, .98},
	{"constant", constant, 100, .98},
	{"exponential", exponential, .5, 1},
	{"exponential", exponential, .9, .999},
	{"exponential", exponential, .95, .99},
	{"exponential", exponential, 1.1, .96},
	{"exponential", exponential, 10, .97},
	{"bimodal", bimodal, .5, 1},
	{"bimodal", bimodal, .9, .95},
	{"bimodal", bimodal, 1.1, .92},
	{"bimodal", bimodal, 10, .97},
}

// miss says what is missed, if anything is.
func (g goal) miss(d Discipline) string {
	lasts := 100 * time.Second
	if g.load >= 10 {
		lasts = 1000 / time.Duration(g.load) * time.Second
	}
	s := loaded(d, g.s, g.load, lasts)
	goodput := s.Share() * g.load / min(1, g.load)
	served, refused := Quantile(s.Waits, .5)+service, Quantile(s.Refusal, .5)
	miss := ""
	switch flood := g.load >= 3 && g.name == "constant"; {
	case goodput < g.least:
		miss = fmt.Sprintf("goodput %.3f; want %v", goodput, g.least)
	case s.Counts[Late] > 0:
		miss = fmt.Sprintf("%d served late; want none", s.Counts[Late])
	case flood && served > 25*ms:
		miss = fmt.Sprintf("p50 %v of those served; want 25ms", served)
	case flood && refused > 5*ms:
		miss = fmt.Sprintf("p50 %v of refusals; want 5ms", refused)
	case flood && Quantile(s.Refusal, .99) > 500*ms+service:
		miss = fmt.Sprintf("p99 %v of refusals; want the patience", Quantile(s.Refusal, .99))
	default:
		return ""
	}
	return fmt.Sprintf("%s at %v: %s", g.name, g.load, miss)
}

func TestAdaptiveMeetsTheTargets(t *testing.T) {
	for why := range missed(Adaptive(0)) {
		t.Error(why)
	}
}

// alwaysFull is a discipline that lets nothing wait.
func alwaysFull(_ rand.Source, events policy.Events) policy.Discipline {
	return policy.NewFIFO(0, 0, events)
}

// The targets tell good from bad: neither shedding nothing, nor everything that
// would wait, nor a bound on the number meets them.
func TestTargetsCanBeMissed(t *testing.T) {
	for name, d := range map[string]Discipline{
		"never shed":        FIFO(math.MaxInt),
		"always shed":       alwaysFull,
		"FIFO with a count": FIFO(512),
		"patience of 4 s":   Adaptive(4 * time.Second),
	} {
		any := false
		for why := range missed(d) {
			t.Log(name, "misses", why)
			any = true
			break
		}
		if !any {
			t.Errorf("%s meets the targets, which are worth nothing then", name)
		}
	}
}

// A burst that capacity makes up for within the patience is served whole.
func TestBurstsAreServed(t *testing.T) {
	const gap = service * 100 / 45
	s := Summarize(Run(Config{
		Workers: 1,
		Classes: []Class{{Discipline: Adaptive(0)}},
		Streams: []Stream{{Gap: Bursts(Constant(gap), time.Second, .2), Service: constant}},
		Lasts:   100 * time.Second,
		Timeout: timeout,
	}), nil)
	if s.Share() < 1 {
		t.Errorf("served %v of %d; want all", s.Share(), s.Offered)
	}
}

// After a flood of a second everything is as before: from the third tenth of a
// second on, what is offered is served.
func TestRecoveryAfterAStep(t *testing.T) {
	const steps, period = 20, 4 * time.Second
	for _, flood := range []float64{3, 10, 100} {
		var streams []Stream
		quiet := Stream{Gap: Exponential(2 * service), Service: constant}
		for i := range time.Duration(steps) {
			streams = append(streams, Stream{
				Gap: Exponential(time.Duration(float64(service) / flood)), Service: constant,
				From: i*period + 2*time.Second, Until: i*period + 3*time.Second,
			})
		}
		tasks := Run(Config{
			Workers: 1,
			Classes: []Class{{Discipline: Adaptive(0)}},
			Streams: append(streams, quiet),
			Lasts:   steps * period,
			Timeout: timeout,
			Seed:    5,
		})
		after := func(from, to time.Duration) func(Task) bool {
			return func(task Task) bool {
				at := (task.Came + time.Second) % period
				return task.Stream == steps && at >= from && at < to
			}
		}
		s := Summarize(tasks, after(200*ms, time.Second))
		if s.Share() < .95 {
			t.Errorf("after %v ×: %.3f of %d served; want .95", flood, s.Share(), s.Offered)
		}
		during := Summarize(tasks, func(task Task) bool { return task.Ended%period >= 2200*ms && task.Ended%period < 3*time.Second })
		if rate := float64(during.Counts[Served]) / steps / .8 * service.Seconds(); rate < .95 {
			t.Errorf("during %v ×: goodput %.3f; want .95", flood, rate)
		}
	}
}
