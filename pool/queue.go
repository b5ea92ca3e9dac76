package pool

import (
	"context"
	"math/rand/v2"
	"time"

	"millpond/pool/internal/policy"
)

// queue holds the tasks that wait for a worker: the policy knows them by their
// times, and by the place in which each is kept.
type queue struct {
	*policy.Scheduler
	tasks table
}

// newPolicy makes the policy of a pool.
func (p *Pool) newPolicy() *policy.Scheduler {
	var classes []policy.Class
	for i := range p.classes {
		class := &p.classes[i].Class
		events := policy.Events{
			Drop:     p.policyDrop,
			Overload: func(now time.Duration, overloaded bool) { p.overload(i, now, overloaded) },
		}
		wait := class.QueueWait
		if wait == 0 {
			wait = p.config.MaxWait
		}
		var d policy.Discipline
		if p.config.Discipline == Adaptive {
			d = policy.NewAdaptive(p.config.queue(), wait, rand.NewPCG(rand.Uint64(), rand.Uint64()), events)
		} else {
			d = policy.NewFIFO(p.config.queue(), wait, events)
		}
		classes = append(classes, policy.Class{
			Discipline: d, Workers: class.Workers, Borrow: class.Borrow, Priority: class.Priority,
		})
	}
	return policy.NewScheduler(p.config.workers(), classes...)
}

// callbacks are what the pool keeps of a task that was admitted: the policy has
// the rest.
type callbacks struct {
	run  func(ctx context.Context, queued time.Time)
	drop func(reason DropReason, queued time.Time)
	done func()
	gone func() bool
}

// table keeps the tasks that wait, each in a place of its own. It grows to the
// most that ever waited at once. Of the vacant places the one vacated first is used
// next, so that tasks which are run in the order in which they came lie in that
// order in memory, which makes a long queue cheap to read. The zero table is empty.
// It is not safe for concurrent use.
type table struct {
	places      []place // the first one is never used
	first, last int32   // vacant places, linked by next; first is 0 if there are none
}

type place struct {
	callbacks
	next int32
}

// put keeps a task, and returns its place.
func (t *table) put(task *Task) (at int32) {
	at = t.free()
	t.places[at].callbacks = callbacks{task.Run, task.Drop, task.Done, task.Gone}
	return at
}

// free returns a place without a task.
func (t *table) free() (at int32) {
	if t.first != 0 {
		at, t.first = t.first, t.places[t.first].next
		return at
	}
	if len(t.places) == 0 {
		t.places = make([]place, 1, 16)
	}
	t.places = append(t.places, place{})
	return int32(len(t.places) - 1)
}

// vacate lets go of the task in a place.
func (t *table) vacate(at int32) {
	t.places[at] = place{}
	if t.first == 0 {
		t.first = at
	} else {
		t.places[t.last].next = at
	}
	t.last = at
}

// take moves the task out of its place.
func (t *table) take(at int32) (task callbacks) {
	task = t.places[at].callbacks
	t.vacate(at)
	return task
}
