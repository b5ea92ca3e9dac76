// Package sim runs the policies of package pool on a clock of its own: arrivals,
// workers and clients are events, and an hour passes in milliseconds. A run
// depends on nothing but its configuration, the seed included.
//
// It answers questions for which a real server is too slow or too noisy: how
// much of what comes is served at which load, how long it waits, and how soon
// the policy is well again after a flood. It knows nothing of what a server
// spends on those that it refuses.
package sim

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"time"

	"millpond/pool/internal/policy"
)

// A Config says what is simulated.
type Config struct {
	Workers int
	Classes []Class       // at least one
	Streams []Stream      // where tasks come from
	Lasts   time.Duration // when the streams end; tasks that wait then are still served
	Timeout time.Duration // after which a client has no use for an answer, 0 for never
	Seed    uint64
}

// A Stream is a source of tasks.
type Stream struct {
	Class   int
	Key     func(*rand.Rand) uint64 // the client of a task, nil for none
	Gap     Time                    // between two arrivals
	Service Time                    // of a worker for a task
	From    time.Duration           // when it begins
	Until   time.Duration           // when it ends, 0 for Config.Lasts
}

// A Task is what became of a task.
type Task struct {
	Stream  int
	Came    time.Duration // when it arrived
	Ended   time.Duration // when it was served, refused or dropped
	Waited  time.Duration // until it was started or dropped
	Service time.Duration
	Outcome Outcome
}

// Outcome is how a task ended.
type Outcome uint8

// The outcomes.
const (
	Served  Outcome = iota // in time
	Late                   // served when the client had given up
	Refused                // on arrival
	Dropped                // after it was admitted
)

// run is a simulation under way.
type run struct {
	Config
	rnd     *rand.Rand
	now     time.Duration
	events  events
	made    uint64 // events so far
	sched   *policy.Scheduler
	tasks   []Task // by the ID of their items
	sweepAt time.Duration
}

// Run simulates, and returns every task in the order of arrival.
func Run(c Config) []Task {
	r := &run{Config: c, rnd: rand.New(rand.NewPCG(c.Seed, 1)), sweepAt: policy.Forever}
	drop := func(item policy.Item, _ policy.Drop) {
		t := &r.tasks[item.ID]
		t.Outcome, t.Ended, t.Waited = Dropped, r.now, r.now-item.At
	}
	var classes []policy.Class
	for i, class := range c.Classes {
		classes = append(classes, class.build(c.Seed+uint64(i), policy.Events{
			Drop:     drop,
			Overload: func(time.Duration, bool) {},
		}))
	}
	r.sched = policy.NewScheduler(c.Workers, classes...)
	for i, s := range c.Streams {
		r.schedule(event{at: s.From + s.Gap(r.rnd), kind: arrival, index: int32(i)})
	}
	for len(r.events) > 0 {
		r.step(heap.Pop(&r.events).(event))
	}
	return r.tasks
}

// step handles an event, and gives tasks to the workers that are free then.
func (r *run) step(e event) {
	r.now = e.at
	switch e.kind {
	case arrival:
		r.arrive(int(e.index))
	case completion:
		t := &r.tasks[e.index]
		t.Ended = r.now
		if r.Timeout > 0 && t.Ended-t.Came > r.Timeout {
			t.Outcome = Late
		}
		r.sched.Finish(int32(r.Streams[t.Stream].Class), t.Service)
	case sweep:
		r.sweepAt = policy.Forever
	}
	for r.sched.Running() < r.Workers {
		item, ok := r.sched.Next(r.now)
		if !ok {
			break
		}
		t := &r.tasks[item.ID]
		t.Waited = r.now - item.At
		r.schedule(event{at: r.now + t.Service, kind: completion, index: item.ID})
	}
	if again := r.sched.Sweep(r.now); again < r.sweepAt {
		r.sweepAt = again
		r.schedule(event{at: again, kind: sweep})
	}
}

// arrive submits the next task of a stream.
func (r *run) arrive(stream int) {
	s := r.Streams[stream]
	until := r.Lasts
	if s.Until > 0 {
		until = s.Until
	}
	if r.now >= until {
		return
	}
	item := policy.Item{ID: int32(len(r.tasks)), Class: int32(s.Class), At: r.now, Deadline: policy.Forever}
	if s.Key != nil {
		item.Key = s.Key(r.rnd)
	}
	r.tasks = append(r.tasks, Task{Stream: stream, Came: r.now, Service: s.Service(r.rnd)})
	if r.sched.Admit(r.now, item) != policy.Admitted {
		t := &r.tasks[item.ID]
		t.Outcome, t.Ended = Refused, r.now
	}
	r.schedule(event{at: r.now + s.Gap(r.rnd), kind: arrival, index: int32(stream)})
}

func (r *run) schedule(e event) {
	r.made++
	e.order = r.made
	heap.Push(&r.events, e)
}

// A Summary is what matters of many tasks.
type Summary struct {
	Offered int
	Counts  [4]int          // by outcome
	Waits   []time.Duration // of those served in time, sorted
	Refusal []time.Duration // how long the others waited for their refusal, sorted
}

// Summarize sums up the tasks for which the function says so.
func Summarize(tasks []Task, which func(Task) bool) (s Summary) {
	for _, t := range tasks {
		if which != nil && !which(t) {
			continue
		}
		s.Offered++
		s.Counts[t.Outcome]++
		switch t.Outcome {
		case Served:
			s.Waits = append(s.Waits, t.Waited)
		case Refused, Dropped:
			s.Refusal = append(s.Refusal, t.Ended-t.Came)
		}
	}
	slices.Sort(s.Waits)
	slices.Sort(s.Refusal)
	return s
}

// Share is the part of the offered tasks that was served in time.
func (s Summary) Share() float64 { return float64(s.Counts[Served]) / float64(max(1, s.Offered)) }

// MeanWait is how long those that were served in time waited on average.
func (s Summary) MeanWait() time.Duration {
	var sum time.Duration
	for _, w := range s.Waits {
		sum += w
	}
	return sum / time.Duration(max(1, len(s.Waits)))
}

// Quantile returns the q-quantile of sorted durations, 0 if there are none.
func Quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
