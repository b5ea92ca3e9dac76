package sim

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"millpond/pool/internal/policy"
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
