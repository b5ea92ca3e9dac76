package pool

import (
	"runtime/debug"
	"sync"
	"time"
)

// goneAfter is how long a task must have waited for its submitter to be asked
// whether it has left: long enough for that to be likely under overload, and for
// the question, which may cost a system call, not to be asked in quiet times.
const goneAfter = 20 * time.Millisecond

// job is a task that a worker has taken.
type job struct {
	task    callbacks
	at      time.Duration // when it was admitted
	class   int32
	ctx     *taskContext
	seat    int           // index of the worker's seat
	started time.Duration // on the clock of the pool
	asking  bool          // Gone is called
	taken   bool          // it is about to run
	worked  bool          // the worker had a task before
	away    bool          // it has no place
	ran     time.Duration // before it last took one
}

// runTicket is what pond's workers run.
func (p *Pool) runTicket() {
	j := jobs.Get().(*job)
	p.workOff(j)
	*j = job{}
	jobs.Put(j)
}

// jobs are those of no worker: the context of a task knows its job, which
// therefore cannot live on the stack.
var jobs = sync.Pool{New: func() any { return new(job) }}

// workOff runs one task after the other, whichever is the next, until none
// waits.
func (p *Pool) workOff(j *job) {
	exits := true
	defer func() {
		if exits { // runtime.Goexit has ended the goroutine; pond starts another for a new ticket
			p.exit(j)
		}
	}()
	if j.taken {
		p.work(j)
	}
	for {
		if p.config.BeforeTask != nil && !p.over() {
			p.shield(p.config.BeforeTask)
		}
		if !p.nextWanted(j) {
			exits = false
			return
		}
		p.work(j)
	}
}

// exit ends a ticket whose goroutine was ended by a callback or a task. Should
// that have been the answer to another task that was dropped, the one just taken
// still runs.
func (p *Pool) exit(j *job) {
	p.mu.Lock()
	now := p.now()
	p.tickets.exit()
	if j.taken {
		left := *j
		left.ctx.job = &left
		p.unlock()
		go p.workOff(&left)
		return
	}
	if j.asking {
		p.giveUpTask(j)
	}
	if !j.worked {
		p.tickets.looked()
	}
	p.tickets.end()
	p.issueTickets(now)
	p.settle(now)
	p.unlock()
}

// over reports whether no task will be left, or come, to run.
func (p *Pool) over() bool { return p.drain.closed.Load() && !p.wanted() }

// nextWanted gets the next task that somebody still wants or, if there is none to
// start, ends the ticket.
func (p *Pool) nextWanted(j *job) bool {
	for {
		if !p.next(j) {
			return false
		}
		if !j.asking || !p.gone(j) {
			return true
		}
	}
}

// next gets the next task or, if there is none to start or the worker is one too
// many, ends the ticket.
func (p *Pool) next(j *job) bool {
	p.mu.Lock()
	defer p.unlock()
	now := p.now()
	fresh := !j.worked
	if fresh {
		j.worked = true
		p.tickets.looked()
	}
	if fresh || !p.tickets.crowded(now) {
		if it, ok := p.queue.Next(now); ok {
			j.task, j.at, j.class = p.queue.tasks.take(it.ID), it.At, it.Class
			if j.task.gone != nil && now-it.At >= goneAfter {
				j.asking = true
				p.classes[j.class].countAsking(+1)
			} else {
				p.start(j, now)
			}
			if fresh {
				p.issueTickets(now) // the gate lets workers start one after the other
			}
			p.settle(now)
			return true
		}
	}
	p.tickets.end()
	p.watchEnd(now)
	p.settle(now)
	return false
}

// start counts a task as running. The lock is held.
func (p *Pool) start(j *job, now time.Duration) {
	p.classes[j.class].start()
	j.started, j.ran, j.taken = now, 0, true
	j.ctx, j.seat = p.running.newContext(p, int(j.class)), p.running.occupy(now)
	j.ctx.job, j.ctx.waited = j, now-j.at
}

// gone asks whether the submitter has left, and drops the task or starts it.
func (p *Pool) gone(j *job) (gone bool) {
	p.shield(func() { gone = j.task.gone() })
	p.mu.Lock()
	defer p.unlock()
	now := p.now()
	if gone {
		p.giveUpTask(j)
		p.settle(now)
		return true
	}
	j.asking = false
	p.classes[j.class].countAsking(-1)
	p.start(j, now)
	return false
}

// giveUpTask drops a task that was taken and whose submitter has left. The lock
// is held.
func (p *Pool) giveUpTask(j *job) {
	j.asking = false
	p.classes[j.class].countAsking(-1)
	p.queue.Cancel(j.class)
	p.drop(j.class, j.task.drop, j.at, DropGone)
}

// settle sees to what may have become possible after tasks were taken, ended or
// were dropped. The lock is held.
func (p *Pool) settle(now time.Duration) {
	if p.away.returners.Len() > 0 {
		p.readmit(now)
	}
	if p.blocked.count.Load() > 0 {
		p.useRoom(now)
	}
	if p.drain.closed.Load() {
		p.checkDrained()
	}
}

// work runs the task and gives the worker back, whatever the task does.
func (p *Pool) work(j *job) {
	j.taken = false
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
	j.task.run(j.ctx, p.at(j.at))
	result = ResultOK
}

// finish gives the worker back and tells those who want to know, none of whom
// can keep it from the others.
func (p *Pool) finish(j *job, result Result, value any, stack []byte) {
	j.ctx.end()
	var ran time.Duration
	defer p.letGo()
	defer func() { p.traceCompleted(ran, result) }()
	if result == ResultPanic {
		defer p.panicked(value, stack)
	}
	if j.task.done != nil {
		defer p.shield(j.task.done)
	}
	ran = p.endTask(j, result)
}

// endTask ends the task in the counters, and returns for how long it ran.
func (p *Pool) endTask(j *job, result Result) (ran time.Duration) {
	p.mu.Lock()
	now := p.now()
	j.ctx.job = nil
	if j.away {
		p.arrive(j)
	} else {
		p.pause(j, now)
		p.queue.Finish(j.class, j.ran)
	}
	p.drain.hold()
	p.classes[j.class].complete(result)
	p.issueTickets(now)
	p.settle(now)
	p.unlock()
	return j.ran
}
