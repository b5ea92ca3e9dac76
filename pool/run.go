package pool

import (
	"runtime/debug"
	"time"
)

// job is a task that a worker has taken.
type job struct {
	task    Task
	at      time.Duration // when it was admitted
	class   int32
	ctx     *taskContext
	seat    int           // index of the worker's seat
	started time.Duration // on the clock of the pool
}

// runTicket is what pond's workers run: one task after the other, whichever is
// the next, until none waits.
func (p *Pool) runTicket() {
	exits := true
	defer func() {
		if exits { // runtime.Goexit has ended the goroutine; pond starts another for a new ticket
			p.mu.Lock()
			p.tickets--
			p.exits++
			p.issueTickets()
			p.unlock()
		}
	}()
	var j job
	for {
		if p.config.BeforeTask != nil && !p.over() {
			p.shield(p.config.BeforeTask)
		}
		if !p.take(&j) {
			exits = false
			return
		}
		p.work(&j)
	}
}

// over reports whether no task will be left, or come, to run.
func (p *Pool) over() bool { return p.closed.Load() && !p.wanted() }

// take gets the next task or, if there is none to start, ends the ticket.
func (p *Pool) take(j *job) bool {
	p.mu.Lock()
	now := p.now()
	it, ok := p.policy.Next(now)
	if !ok {
		p.tickets--
		p.settle(now)
		p.unlock()
		return false
	}
	p.stats.Started++
	p.tasks.take(it.ID, &j.task)
	j.at, j.class, j.started = it.At, it.Class, now
	j.ctx, j.seat = p.ctxs.next(p), p.seats.take(now)
	p.settle(now)
	p.unlock()
	return true
}

// settle sees to what may have become possible after tasks were taken, ended or
// were dropped. The lock is held.
func (p *Pool) settle(now time.Duration) {
	if p.waiters.Len() > 0 {
		p.useRoom(now)
	}
	if p.closed.Load() {
		p.checkDrained()
	}
}

// work runs the task and gives the worker back, whatever the task does.
func (p *Pool) work(j *job) {
	result := ResultAborted // what stays if Run neither returns nor panics
	defer func() {
		var stack []byte
		value := recover()
		if value != nil {
			result = ResultPanic
			stack = debug.Stack()
		}
		p.finish(j, result, value, stack)
	}()
	p.traceStarted(j.started - j.at)
	j.task.Run(j.ctx, p.epoch.Add(j.at))
	result = ResultOK
}

// finish gives the worker back and tells those who want to know. What a panic
// cannot escape from comes first, so that none of it is ever skipped.
func (p *Pool) finish(j *job, result Result, value any, stack []byte) {
	j.ctx.end()
	defer p.leave()
	ran := p.giveBack(j, result)
	if j.task.Done != nil {
		p.shield(j.task.Done)
	}
	if result == ResultPanic {
		p.panicked(value, stack)
	}
	p.traceCompleted(ran, result)
}

// giveBack ends the task in the counters, and returns for how long it ran.
func (p *Pool) giveBack(j *job, result Result) (ran time.Duration) {
	p.mu.Lock()
	now := p.now()
	ran = now - j.started
	p.policy.Finish(j.class)
	p.leaving.Add(1)
	p.seats.leave(j.seat)
	p.stats.Completed[result]++
	p.stats.Busy += ran
	p.issueTickets()
	p.settle(now)
	p.unlock()
	return ran
}

// leave is the last thing that a worker does for a task.
func (p *Pool) leave() {
	if p.leaving.Add(-1) == 0 && p.closed.Load() {
		p.mu.Lock()
		p.checkDrained()
		p.unlock()
	}
}
