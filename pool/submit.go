package pool

import (
	"errors"
	"time"

	"millpond/pool/internal/policy"
)

var (
	// ErrFull is returned by TrySubmit when there is no room for the task.
	ErrFull = errors.New("pool: full: every worker is busy and the queue has no room")

	// ErrPaced is returned by TrySubmit under overload, for a task that would be
	// pushed out by newer ones.
	ErrPaced = errors.New("pool: overloaded: tasks come faster than they can be run")

	// ErrDeadline is returned by TrySubmit for a task that would have to wait
	// beyond its deadline, and by Submit for one that has.
	ErrDeadline = errors.New("pool: too busy to start the task before its deadline")

	// ErrClosed is returned for a task that came after Close, or that waited
	// for room when Close was called.
	ErrClosed = errors.New("pool: closed")
)

// TrySubmit admits the task or refuses it: with ErrFull when workers and queue
// are taken or others wait for room, with ErrPaced or ErrDeadline if it would
// wait in vain, with ErrClosed after Close. It never blocks, and after an error
// neither Run nor Drop is called.
//
// It costs no allocation when the task is queued and one when a worker is
// started for it.
func (p *Pool) TrySubmit(task Task) error {
	if err := p.check(&task); err != nil {
		return err
	}
	p.mu.Lock()
	if p.drain.closed.Load() {
		p.classes[task.Class].reject(RejectClosed)
		p.unlock()
		return ErrClosed
	}
	now := p.now()
	depth, reason, err := p.admit(&task, now, false)
	if err != nil {
		p.classes[task.Class].reject(reason)
		p.unlock()
		return err
	}
	p.unlock()
	p.traceQueued(depth)
	return nil
}

// tryIdle admits the task if a worker is free for it right now, and otherwise
// forgets it: then it counts nowhere.
func (p *Pool) tryIdle(task Task) bool {
	p.mu.Lock()
	if p.drain.closed.Load() || !p.queue.Idle(int32(task.Class)) {
		p.unlock()
		return false
	}
	depth, _, err := p.admit(&task, p.now(), false)
	p.unlock()
	if err != nil {
		return false
	}
	p.traceQueued(depth)
	return true
}

// refusals are what callers are told of those of policies.
var refusals = [...]struct {
	reason RejectReason
	err    error
}{
	policy.Full:    {RejectFull, ErrFull},
	policy.Paced:   {RejectPaced, ErrPaced},
	policy.TooLate: {RejectDeadline, ErrDeadline},
}

// admit queues the task and returns the depth of the queue with it, or says why
// it does not; then it is in no counter. A patient one would wait for room. The
// lock is held.
func (p *Pool) admit(task *Task, now time.Duration, patient bool) (depth int, reason RejectReason, err error) {
	it := policy.Item{
		ID: p.queue.tasks.put(task), Class: int32(task.Class), Patient: patient,
		At: now, Deadline: p.deadline(task), Key: task.Key,
	}
	if refusal := p.queue.Admit(now, it); refusal != policy.Admitted {
		p.queue.tasks.vacate(it.ID)
		r := refusals[refusal]
		return 0, r.reason, r.err
	}
	p.classes[task.Class].admit()
	p.issueTickets(now)
	p.watch(now, it.Deadline)
	return p.queue.Waiting(), 0, nil
}
