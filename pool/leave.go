package pool

import (
	"container/list"
	"context"
	"time"
)

// away are the tasks without a place.
type away struct {
	tasks     int
	returners list.List // of *returner: those of them that wait for one
}

// Leave gives the place of a running task back to the pool while the task waits
// for something that needs no worker, so that others can run. The task goes on
// without a place until it calls Return, and is counted as Away meanwhile; it may
// also end so. Who calls it must bound how many tasks are away.
//
// The context is that of the task, or derived from it. Leave reports false, and
// does nothing, if the task has ended or is away already, and with any other
// context. A task that is away must not call Map.
func (p *Pool) Leave(ctx context.Context) bool {
	c, ok := ctx.Value(p).(*taskContext)
	if !ok {
		return false
	}
	p.mu.Lock()
	defer p.unlock()
	j := c.job
	if j == nil || j.away {
		return false
	}
	now := p.now()
	j.away = true
	p.pause(j, now)
	p.queue.Cancel(j.class)
	p.classes[j.class].countAway(+1)
	p.away.tasks++
	p.tickets.lend(p.queue.Workers(), p.away.tasks)
	p.issueTickets(now)
	p.settle(now)
	return true
}

// Return takes a place again for a task that has called Leave, and waits until
// there is one: tasks that return come before those that wait to be started, in
// the order in which they came.
func (p *Pool) Return(ctx context.Context) {
	c, ok := ctx.Value(p).(*taskContext)
	if !ok {
		return
	}
	p.mu.Lock()
	j := c.job
	if j == nil || !j.away {
		p.unlock()
		return
	}
	r := &returner{job: j, back: make(chan struct{})}
	p.away.returners.PushBack(r)
	p.readmit(p.now())
	p.unlock()
	<-r.back
}

// A returner is a task that waits to go on.
type returner struct {
	job  *job
	back chan struct{} // closed when it has its place
}

// readmit gives places to tasks that return, as far as there are any. It runs
// wherever a place comes up, before anybody else takes it. The lock is held.
func (p *Pool) readmit(now time.Duration) {
	var next *list.Element
	for e := p.away.returners.Front(); e != nil; e = next {
		next = e.Next()
		r := e.Value.(*returner)
		if !p.queue.Enter(r.job.class) {
			continue
		}
		p.away.returners.Remove(e)
		p.arrive(r.job)
		r.job.started, r.job.seat = now, p.running.occupy(now)
		close(r.back)
	}
}

// pause ends, for the time being, the time for which a task runs. The lock is
// held.
func (p *Pool) pause(j *job, now time.Duration) {
	ran := now - j.started
	j.ran += ran
	p.running.vacate(j.seat)
	p.classes[j.class].work(ran)
}

// arrive counts a task as away no more. The lock is held.
func (p *Pool) arrive(j *job) {
	j.away = false
	p.classes[j.class].countAway(-1)
	p.away.tasks--
	p.tickets.takeBack()
}
