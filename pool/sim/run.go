package sim

import (
	"cmp"
	"container/heap"
	"math/rand/v2"
	"time"

	"millpond/pool/internal/policy"
)

// retryPause is how long a client that was refused waits before it asks again.
const retryPause = 100 * time.Millisecond

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
	unseen []policy.Item
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
	case again:
		r.retry(e.index)
	case wake:
		if e.at == r.wakeAt {
			r.wakeAt = policy.Forever
		}
	}
	if !r.cpus.full() {
		r.poll()
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
		r.poll()
		crowded = r.gate.Crowded(r.now, r.live)
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
	if limit := cmp.Or(r.Streams[t.Stream].Within, r.Timeout); limit > 0 && t.Ended-t.Came > limit {
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
	r.submit(stream, r.Retries)
	r.schedule(event{at: r.now + s.Gap(r.rnd), kind: arrival, index: int32(stream)})
}

// submit has a task of a stream come now.
func (r *run) submit(stream, retries int) {
	s := r.Streams[stream]
	item := policy.Item{ID: int32(len(r.tasks)), Class: int32(s.Class), At: r.now, Deadline: policy.Forever}
	if s.Key != nil {
		item.Key = s.Key(r.rnd)
	}
	if s.Within > 0 {
		item.Deadline = r.now + s.Within
	}
	t := Task{Stream: stream, Came: r.now, retries: retries}
	if s.Service != nil {
		t.wait = s.Service(r.rnd)
	}
	if s.CPU != nil {
		t.cpu = s.CPU(r.rnd)
	}
	r.tasks = append(r.tasks, t)
	if r.unseen = append(r.unseen, item); !r.Polled || !r.cpus.full() {
		r.poll()
	}
}

// poll sees to what has come.
func (r *run) poll() {
	for _, item := range r.unseen {
		item.At = r.now
		r.admit(item)
	}
	r.unseen = r.unseen[:0]
}

func (r *run) admit(item policy.Item) {
	if r.sched.Admit(r.now, item) != policy.Admitted {
		r.fail(item.ID, Refused)
		return
	}
	if r.tasks[item.ID].retries > 0 {
		r.schedule(event{at: r.now + r.Timeout, kind: again, index: item.ID})
	}
}

// fail ends a task that was not served. Its client may ask again.
func (r *run) fail(id int32, how Outcome) {
	t := &r.tasks[id]
	t.Outcome, t.Ended = how, r.now
	if t.retries > 0 {
		r.schedule(event{at: r.now + retryPause, kind: again, index: id})
	}
}

// retry has a client ask again that has got no good answer, unless it has.
func (r *run) retry(id int32) {
	t := &r.tasks[id]
	if t.retries > 0 && (t.Ended == 0 || t.Outcome != Served) {
		stream, left := t.Stream, t.retries-1
		t.retries = 0
		r.submit(stream, left)
	}
}

// schedule makes an event happen, and returns its number.
func (r *run) schedule(e event) (order uint64) {
	r.made++
	e.order = r.made
	heap.Push(&r.events, e)
	return e.order
}
