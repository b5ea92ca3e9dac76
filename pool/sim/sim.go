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
	Classes []Class // at least one

	// Processors is how many there are for the CPU time of tasks, 0 for one each.
	Processors int

	// Gated says that workers start only while the processors have time.
	Gated bool

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
	Service Time                    // for which a task holds its worker without a processor
	CPU     Time                    // for which it needs a processor before that, nil for none
	From    time.Duration           // when it begins
	Until   time.Duration           // when it ends, 0 for Config.Lasts
}

// A Task is what became of a task.
type Task struct {
	Stream  int
	Came    time.Duration // when it arrived
	Ended   time.Duration // when it was served, refused or dropped
	Waited  time.Duration // until it was started or dropped
	Outcome Outcome

	cpu, wait time.Duration // that it still needs
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
	rnd    *rand.Rand
	now    time.Duration
	events events
	made   uint64 // events so far
	sched  *policy.Scheduler
	gate   policy.Gate
	cpus   processors
	live   int    // workers
	fresh  int    // of these, workers that have not been on a processor yet
	tasks  []Task // by the ID of their items
	wakeAt time.Duration
}

// Run simulates, and returns every task in the order of arrival.
func Run(c Config) []Task {
	r := &run{Config: c, rnd: rand.New(rand.NewPCG(c.Seed, 1)), wakeAt: policy.Forever}
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
	r.cpus.n = c.Processors
	if c.Gated {
		r.gate.Signal = r.cpus.signal
	}
	for i, s := range c.Streams {
		r.schedule(event{at: s.From + s.Gap(r.rnd), kind: arrival, index: int32(i)})
	}
	for len(r.events) > 0 {
		r.step(heap.Pop(&r.events).(event))
	}
	return r.tasks
}

// step handles an event, and all that follows from it at once.
func (r *run) step(e event) {
	r.now = e.at
	switch e.kind {
	case arrival:
		r.arrive(int(e.index))
	case sliceEnd:
		r.compute(e.index)
	case waited:
		r.cpus.queue(job{finish, e.index})
	case wake:
		if e.at == r.wakeAt {
			r.wakeAt = policy.Forever
		}
	}
	r.start()
	for j, ok := r.cpus.dispatch(); ok; j, ok = r.cpus.dispatch() {
		r.execute(j)
	}
	r.wake(r.sched.Sweep(r.now))
}

// start lets workers start, one after the other, as far as the gate is open.
func (r *run) start() {
	for r.live < min(r.Workers, r.sched.Running()+r.sched.Ready()) {
		open, again := r.gate.Open(r.now, r.live, r.fresh, len(r.Classes) > 1 && r.sched.Urgent())
		if !open {
			r.wake(again)
			return
		}
		r.live++
		r.fresh++
		r.cpus.queue(job{kind: begin})
	}
}

// execute lets a worker go on that has got a processor.
func (r *run) execute(j job) {
	crowded := false
	switch j.kind {
	case resume:
		r.slice(j.task)
		return
	case begin:
		r.fresh--
	case finish:
		r.complete(j.task)
		crowded = r.gate.Crowded(r.live)
	}
	if !crowded {
		if item, ok := r.sched.Next(r.now); ok {
			r.tasks[item.ID].Waited = r.now - item.At
			r.start()
			r.slice(item.ID)
			return
		}
	}
	r.live--
	r.cpus.free()
}

// slice lets a task have its processor for a while, and then wait, or end.
func (r *run) slice(id int32) {
	t := &r.tasks[id]
	if t.cpu > 0 {
		r.schedule(event{at: r.now + min(t.cpu, timeSlice), kind: sliceEnd, index: id})
		return
	}
	r.cpus.free()
	r.schedule(event{at: r.now + t.wait, kind: waited, index: id})
}

// compute takes note of the CPU time that a task has had.
func (r *run) compute(id int32) {
	t := &r.tasks[id]
	t.cpu -= min(t.cpu, timeSlice)
	switch {
	case t.cpu > 0:
		r.cpus.free()
		r.cpus.queue(job{resume, id})
	case t.wait > 0:
		r.slice(id)
	default:
		r.execute(job{finish, id})
	}
}

// complete ends a task.
func (r *run) complete(id int32) {
	t := &r.tasks[id]
	t.Ended = r.now
	if r.Timeout > 0 && t.Ended-t.Came > r.Timeout {
		t.Outcome = Late
	}
	r.sched.Finish(int32(r.Streams[t.Stream].Class), r.now-t.Came-t.Waited)
}

// wake sees to an event at a time, if there is none before.
func (r *run) wake(at time.Duration) {
	if at < r.wakeAt {
		r.wakeAt = at
		r.schedule(event{at: at, kind: wake})
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
	t := Task{Stream: stream, Came: r.now}
	if s.Service != nil {
		t.wait = s.Service(r.rnd)
	}
	if s.CPU != nil {
		t.cpu = s.CPU(r.rnd)
	}
	r.tasks = append(r.tasks, t)
	if r.sched.Admit(r.now, item) != policy.Admitted {
		r.tasks[item.ID].Outcome, r.tasks[item.ID].Ended = Refused, r.now
	}
	r.schedule(event{at: r.now + s.Gap(r.rnd), kind: arrival, index: int32(stream)})
}

// schedule makes an event happen, and returns its number.
func (r *run) schedule(e event) (order uint64) {
	r.made++
	e.order = r.made
	heap.Push(&r.events, e)
	return e.order
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
