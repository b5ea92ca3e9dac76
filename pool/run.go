package pool

import (
	"runtime/debug"
	"time"
)

// job is a task that a worker has taken.
type job struct {
	queuedTask
	ctx     *taskContext
	seat    int           // index of the worker's seat
	started time.Duration // on the clock of the pool
}

// runTicket is what pond's workers run: one task after the other, whichever is
// the next, until none waits.
func (p *Pool) runTicket() {
	exits := true
	defer func() {
		if exits { // the task has ended the goroutine; pond starts another for a new ticket
			p.mu.Lock()
			p.tickets--
			p.issueTickets()
			p.mu.Unlock()
		}
	}()
	for {
		if p.config.BeforeTask != nil && !p.over() {
			p.shield(p.config.BeforeTask)
		}
		j, ok := p.take()
		if !ok {
			exits = false
			return
		}
		p.work(j)
	}
}

// over reports whether no task will be left, or come, to run.
func (p *Pool) over() bool { return p.closed.Load() && !p.wanted() }

// take gets the next task or, if there is none to start, ends the ticket.
func (p *Pool) take() (job, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// When the pool has shrunk, those who run as many tasks as it may go on
	// with those that wait.
	if p.waiting.len() == 0 || p.running >= p.workers {
		p.tickets--
		return job{}, false
	}
	now := p.now()
	p.running++
	p.stats.Started++
	return job{
		queuedTask: p.waiting.pop(),
		ctx:        p.ctxs.next(p),
		seat:       p.seats.take(now),
		started:    now,
	}, true
}

// work runs the task and gives the worker back, whatever the task does.
func (p *Pool) work(j job) {
	result := ResultAborted // what stays if Run neither returns nor panics
	defer func() {
		var stack []byte
		value := recover()
		if value != nil {
			result = ResultPanic
			stack = debug.Stack()
		}
		p.finish(&j, result, value, stack)
	}()
	p.trace.started(j.started - j.at)
	j.Run(j.ctx, p.epoch.Add(j.at))
	result = ResultOK
}

// finish gives the worker back and tells those who want to know. What a panic
// cannot escape from comes first, so that none of it is ever skipped.
func (p *Pool) finish(j *job, result Result, value any, stack []byte) {
	j.ctx.end()
	ran, room := p.giveBack(j, result)
	defer p.leave()
	p.announce(room)
	if j.Done != nil {
		p.shield(j.Done)
	}
	if result == ResultPanic {
		p.panicked(value, stack)
	}
	p.trace.completed(ran, result)
}

// giveBack ends the task in the books. It returns for how long the task ran,
// and whether Room has to be called.
func (p *Pool) giveBack(j *job, result Result) (ran time.Duration, room bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	ran = now - j.started
	p.running--
	p.leaving.Add(1)
	p.seats.leave(j.seat)
	p.stats.Completed[result]++
	p.stats.Busy += ran
	return ran, p.useRoom(now)
}

// leave is the last thing that a worker does for a task.
func (p *Pool) leave() {
	if p.leaving.Add(-1) == 0 && p.closed.Load() {
		p.mu.Lock()
		p.checkDrained()
		p.mu.Unlock()
	}
}
