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

	// Polled says that what comes while every processor is busy is seen when a
	// task ends, all at once, as by a server on the processors of its handlers.
	Polled bool

	Streams []Stream      // where tasks come from
	Lasts   time.Duration // when the streams end; tasks that wait then are still served
	Timeout time.Duration // after which a client has no use for an answer, 0 for never
	Retries int           // how often a client that has got no good answer asks again
	Seed    uint64

	// Overload, if not nil, is told when the first class becomes overloaded or
	// calm.
	Overload func(at time.Duration, overloaded bool)
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
	Within  time.Duration           // its tasks have a deadline so long after they came, 0 for none
}

// A Task is what became of a task.
type Task struct {
	Stream  int
	Came    time.Duration // when it arrived
	Ended   time.Duration // when it was served, refused or dropped
	Waited  time.Duration // until it was started or dropped
	Outcome Outcome

	cpu, wait time.Duration // that it still needs
	retries   int           // that are left
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

// Run simulates, and returns every task in the order of arrival.
func Run(c Config) []Task {
	r := &run{Config: c, rnd: rand.New(rand.NewPCG(c.Seed, 1)), wakeAt: policy.Forever}
	drop := func(item policy.Item, _ policy.Drop) {
		r.tasks[item.ID].Waited = r.now - item.At
		r.fail(item.ID, Dropped)
	}
	overload := func(at time.Duration, overloaded bool) {
		if c.Overload != nil {
			c.Overload(at, overloaded)
		}
	}
	var classes []policy.Class
	for i, class := range c.Classes {
		classes = append(classes, class.build(c.Seed+uint64(i), policy.Events{Drop: drop, Overload: overload}))
		overload = func(time.Duration, bool) {}
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
