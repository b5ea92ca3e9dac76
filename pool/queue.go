package pool

import (
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

// table keeps the tasks that wait, each in a place of its own. It grows to the
// most that ever waited at once. The zero table is empty. It is not safe for
// concurrent use.
type table struct {
	tasks  []Task
	vacant []int32 // places without a task; the last one vacated is used next
}

// put keeps a task, and returns its place.
func (t *table) put(task *Task) (place int32) {
	if last := len(t.vacant) - 1; last >= 0 {
		place, t.vacant = t.vacant[last], t.vacant[:last]
		t.tasks[place] = *task
		return place
	}
	t.tasks = append(t.tasks, *task)
	return int32(len(t.tasks) - 1)
}

// vacate lets go of the task in a place.
func (t *table) vacate(place int32) {
	t.tasks[place] = Task{}
	t.vacant = append(t.vacant, place)
}

// take moves the task out of its place.
func (t *table) take(place int32, task *Task) {
	*task = t.tasks[place]
	t.vacate(place)
}
