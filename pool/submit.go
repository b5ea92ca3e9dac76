package pool

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	// ErrFull is returned by TrySubmit when there is no room for the task.
	ErrFull = errors.New("pool: full: every worker is busy and the queue has no room")

	// ErrClosed is returned for a task that came after Close, or that waited
	// for room when Close was called.
	ErrClosed = errors.New("pool: closed")
)

// TrySubmit admits the task or refuses it: with ErrFull when workers and queue
// are taken or others wait for room in Submit, with ErrClosed after Close. It
// never blocks, and after an error neither Run nor Drop is called.
//
// It costs no allocation when the task is queued and one when a worker is
// started for it.
func (p *Pool) TrySubmit(task Task) error {
	return p.try(task, func() { p.reject(RejectFull) })
}

// Offer is TrySubmit for a caller that keeps a task without room, and offers
// it again when Config.Room is called. While it waits like that, the task is in
// no counter, as one that waits in Submit.
func (p *Pool) Offer(task Task) error {
	return p.try(task, func() {})
}

// try admits the task, or calls full, with the lock held, where there is no
// room.
func (p *Pool) try(task Task, full func()) error {
	if task.Run == nil {
		return errNoRun
	}
	p.mu.Lock()
	if p.closed.Load() {
		p.reject(RejectClosed)
		p.mu.Unlock()
		return ErrClosed
	}
	if p.full() {
		full()
		p.asked = true
		p.mu.Unlock()
		return ErrFull
	}
	depth := p.admit(task, p.now())
	p.mu.Unlock()
	p.trace.queued(depth)
	return nil
}

// Submit admits the task as soon as there is room. Those who wait are served
// in the order in which they came.
//
// It returns an error that wraps context.Cause when the context ends first or
// has ended already, and ErrClosed when the pool is closed; then neither Run
// nor Drop is called. The context is for the wait only. A task that submits to
// its own pool should use TrySubmit, or Map: waiting would hold the worker that
// could make the room.
func (p *Pool) Submit(ctx context.Context, task Task) error {
	if task.Run == nil {
		return errNoRun
	}
	p.mu.Lock()
	switch {
	case p.closed.Load():
		p.reject(RejectClosed)
		p.mu.Unlock()
		return ErrClosed
	case ctx.Err() != nil:
		p.reject(RejectWaitTimeout)
		p.mu.Unlock()
		return waitError(ctx)
	case !p.full():
		depth := p.admit(task, p.now())
		p.mu.Unlock()
		p.trace.queued(depth)
		return nil
	}
	w := &waiter{task: task, decided: make(chan struct{})}
	place := p.waiters.PushBack(w)
	p.mu.Unlock()
	return p.wait(ctx, w, place)
}

// waiter is a submitter that waits for room. It is in no counter until its case
// is decided.
type waiter struct {
	task    Task
	decided chan struct{} // closed after the fields below were set and the waiter left the list
	depth   int           // depth of the queue when the task was admitted
	err     error         // nil if it was
}

// wait returns when the waiter's case is decided, or decides it when the
// context ends.
func (p *Pool) wait(ctx context.Context, w *waiter, place *list.Element) error {
	select {
	case <-w.decided:
	case <-ctx.Done():
		p.mu.Lock()
		select {
		case <-w.decided: // admitted meanwhile: the task will run
			p.mu.Unlock()
		default:
			p.waiters.Remove(place)
			p.reject(RejectWaitTimeout)
			p.mu.Unlock()
			return waitError(ctx)
		}
	}
	if w.err == nil {
		p.trace.queued(w.depth)
	}
	return w.err
}

func waitError(ctx context.Context) error {
	return fmt.Errorf("pool: no room before the context ended: %w", context.Cause(ctx))
}

// tryIdle admits the task if a worker is free for it right now, and otherwise
// forgets it: then it counts nowhere.
func (p *Pool) tryIdle(task Task) bool {
	p.mu.Lock()
	if p.closed.Load() || p.waiting.len()+p.running >= p.workers {
		p.mu.Unlock()
		return false
	}
	depth := p.admit(task, p.now())
	p.mu.Unlock()
	p.trace.queued(depth)
	return true
}

// full reports whether there is no room for one more task. It is written so
// that the largest possible limits do not overflow. While it is false nobody
// waits for room, because useRoom runs wherever room comes up. The lock is
// held.
func (p *Pool) full() bool {
	return p.waiting.len()+p.running-p.workers >= p.queue
}

// reject counts a task that was not admitted. The lock is held.
func (p *Pool) reject(reason RejectReason) {
	p.stats.Submitted++
	p.stats.Rejected[reason]++
}

// admit queues a task and returns the depth of the queue with it. The lock is
// held.
func (p *Pool) admit(task Task, now time.Duration) (depth int) {
	p.stats.Submitted++
	p.waiting.push(queuedTask{task, now})
	p.issueTickets()
	return p.waiting.len()
}

// issueTickets sees to it that there are as many tickets as workers have work. A
// worker in a callback after its task still has its ticket, and comes for no
// other task until the callback returns. The lock is held, so that a worker
// cannot come for a task before it is queued.
func (p *Pool) issueTickets() {
	for p.tickets < min(p.workers, p.running+int(p.leaving.Load())+p.waiting.len()) {
		if err := p.library.Go(p.ticket); err != nil {
			// Not possible with an unbounded pool that is never stopped. The
			// next call makes up for the missing ticket.
			p.stats.LibraryFailures++
			return
		}
		p.tickets++
	}
}

// useRoom admits submitters that wait for room, as far as there is any, and
// reports whether some is left that Room has to be called for. The lock is
// held.
func (p *Pool) useRoom(now time.Duration) (room bool) {
	for p.waiters.Len() > 0 && !p.full() {
		w := p.waiters.Remove(p.waiters.Front()).(*waiter)
		w.depth = p.admit(w.task, now)
		close(w.decided)
	}
	if !p.asked || p.full() || p.closed.Load() {
		return false
	}
	p.asked = false
	return true
}

// announce calls Room if there is a reason to. The lock is not held.
func (p *Pool) announce(room bool) {
	if room && p.config.Room != nil {
		p.shield(p.config.Room)
	}
}
