package sim

import (
	"slices"
	"testing"
	"time"
)

// handler is what a task does: it computes, and then waits.
type handler struct {
	name      string
	cpu, wait time.Duration
}

// gated simulates a load, as a multiple of what the processors can do, and
// returns the share of the lesser of both that was served in time, and the
// median time from arrival to answer.
func gated(h handler, processors int, load float64, workers int, gate bool) (goodput float64, p50 time.Duration) {
	const lasts = 4 * time.Second
	capacity := float64(processors) / h.cpu.Seconds()
	tasks := Run(Config{
		Workers:    workers,
		Classes:    []Class{{Discipline: Adaptive(0)}},
		Processors: processors,
		Gated:      gate,
		Streams: []Stream{{
			Gap: Exponential(time.Duration(float64(time.Second) / load / capacity)),
			CPU: Constant(h.cpu), Service: Constant(h.wait),
		}},
		Lasts:   lasts,
		Timeout: timeout,
		Seed:    3,
	})
	took := answers(tasks, func(task Task) bool { return task.Came < lasts-h.wait-50*ms })
	return float64(len(took)) / (lasts - h.wait - 50*ms).Seconds() / capacity / min(1, load), Quantile(took, .5)
}

// answers are the sorted times of those that were served in time.
func answers(tasks []Task, which func(Task) bool) (all []time.Duration) {
	for _, task := range tasks {
		if task.Outcome == Served && which(task) {
			all = append(all, task.Ended-task.Came)
		}
	}
	slices.Sort(all)
	return all
}

// With the gate and a limit of 4,096 workers, the processors are used as well as
// with the best number of workers, whether tasks compute, wait or do both, on one
// processor or several.
func TestGate(t *testing.T) {
	compute, long := handler{"compute", 5 * ms, 0}, handler{"compute long", 20 * ms, 0}
	wait, both := handler{"wait", 100 * time.Microsecond, 50 * ms}, handler{"both", ms, 10 * ms}
	for _, test := range []struct {
		handler
		load float64
		p50  time.Duration
	}{
		{compute, .5, 10 * ms}, {compute, 3, 25 * ms}, {compute, 10, 25 * ms},
		{long, .5, 50 * ms}, {long, 3, 60 * ms},
		{wait, .5, 55 * ms}, {wait, .9, 55 * ms},
		{both, .85, 25 * ms}, {both, 3, 25 * ms},
	} {
		for _, processors := range []int{1, 2, 8} {
			goodput, p50 := gated(test.handler, processors, test.load, 4096, true)
			if goodput < .95 || p50 > test.p50 {
				t.Errorf("%s at %v on %d processors: goodput %.3f, p50 %v; want .95, %v", test.name, test.load, processors, goodput, p50, test.p50)
			}
		}
	}
	// Neither many workers nor few are right for all of these.
	if _, p50 := gated(long, 1, 3, 64, false); p50 < 200*ms {
		t.Errorf("64 workers that compute: p50 %v, as good as the gate", p50)
	}
	if goodput, _ := gated(wait, 1, .5, 8, false); goodput > .1 {
		t.Errorf("8 workers that wait: goodput %.3f, as good as the gate", goodput)
	}
}

// When what tasks wait for becomes ten times slower, and again when it is well,
// there are as many workers as it takes, within a second.
func TestGateFollowsASlowDownstream(t *testing.T) {
	for _, processors := range []int{1, 2} {
		at := func(i time.Duration, wait time.Duration) Stream {
			return Stream{
				Gap: Exponential(500 * time.Microsecond), CPU: Constant(100 * time.Microsecond), Service: Constant(wait),
				From: i * 3 * time.Second, Until: (i + 1) * 3 * time.Second,
			}
		}
		tasks := Run(Config{
			Workers:    4096,
			Classes:    []Class{{Discipline: Adaptive(0)}},
			Processors: processors,
			Gated:      true,
			Streams:    []Stream{at(0, 50*ms), at(1, 500*ms), at(2, 50*ms)},
			Lasts:      9 * time.Second,
			Timeout:    timeout,
			Seed:       3,
		})
		for i, wait := range []time.Duration{50 * ms, 500 * ms, 50 * ms} {
			settled := func(task Task) bool { return task.Stream == i && task.Came%(3*time.Second) > time.Second }
			s, p50 := Summarize(tasks, settled), Quantile(answers(tasks, settled), .5)
			if s.Share() < .99 || p50 > wait+5*ms {
				t.Errorf("%d processors, wait of %v: %.3f served, p50 %v", processors, wait, s.Share(), p50)
			}
		}
	}
}
