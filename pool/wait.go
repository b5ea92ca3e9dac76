package pool

import (
	"container/list"
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Submit admits the task as soon as there is room. Those who wait are served
// in the order in which they came.
//
// It returns an error that wraps context.Cause when the context ends first or
// has ended already, ErrDeadline at the deadline of the task, and ErrClosed when
// the pool is closed; then neither Run nor Drop is called. The context is for the
// wait only. A task that submits to its own pool should use TrySubmit, Enqueue or
// Map: waiting would hold the worker that could make the room.
func (p *Pool) Submit(ctx context.Context, task Task) error {
	if err := p.check(&task); err != nil {
		return err
	}
	p.mu.Lock()
	switch {
	case p.drain.closed.Load():
		p.classes[task.Class].reject(RejectClosed)
		p.unlock()
		return ErrClosed
	case ctx.Err() != nil:
		p.classes[task.Class].reject(RejectWaitTimeout)
		p.unlock()
		return waitError(ctx)
	}
	now := p.now()
	if depth, ok := p.admitPatient(&task, now); ok {
		p.unlock()
		p.traceQueued(depth)
		return nil
	}
	w := &waiter{task: task, since: now, decided: make(chan struct{})}
	place := p.block(w, now)
	p.unlock()
	return p.await(ctx, w, place)
}

// Enqueue is Submit without the wait: it returns at once, and without room the
// task joins those that wait for it in Submit, after the last one. When the
// context of Close ends before there is room, the task is dropped. The error is
// ErrClosed after Close, and never ErrFull; after an error neither Run nor Drop
// is called, otherwise exactly one of them will be.
//
// It bounds nothing: who calls it must stop when Blocked says so.
func (p *Pool) Enqueue(task Task) error {
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
	depth, ok := p.admitPatient(&task, now)
	if !ok {
		p.block(&waiter{task: task, since: now}, now)
	}
	p.unlock()
	if ok {
		p.traceQueued(depth)
	}
	return nil
}

// Blocked is the number of tasks that wait outside of the queue for room, those
// of callers blocked in Submit included. It costs a read of an atomic.
func (p *Pool) Blocked() int { return int(p.blocked.count.Load()) }

// blocked are the tasks that wait for room.
type blocked struct {
	waiters []list.List  // by class, of *waiter; empty while there is any room
	count   atomic.Int64 // of all of them; written under the lock
}

// waiter is a task that waits for room. It is in no counter until its case is
// decided.
type waiter struct {
	task    Task
	since   time.Duration // when it began to wait
	decided chan struct{} // closed after the fields below were set and the waiter left the list; nil for Enqueue
	depth   int           // depth of the queue when the task was admitted
	refused error         // why it was not, if it was not
}

// admitPatient admits a task that would wait for room, if there is any. The
// lock is held.
func (p *Pool) admitPatient(task *Task, now time.Duration) (depth int, ok bool) {
	depth, _, err := p.admit(task, now, true)
	return depth, err == nil
}

// block has the task wait for room, until its deadline. The lock is held.
func (p *Pool) block(w *waiter, now time.Duration) (place *list.Element) {
	place = p.blocked.waiters[w.task.Class].PushBack(w)
	p.countBlocked(1)
	p.wakeAt(now, p.deadline(&w.task))
	return place
}

// await returns when the waiter's case is decided, or decides it when the
// context ends.
func (p *Pool) await(ctx context.Context, w *waiter, place *list.Element) error {
	select {
	case <-w.decided:
	case <-ctx.Done():
		p.mu.Lock()
		select {
		case <-w.decided: // admitted meanwhile: the task will run
			p.unlock()
		default:
			p.blocked.waiters[w.task.Class].Remove(place)
			p.countBlocked(-1)
			p.classes[w.task.Class].reject(RejectWaitTimeout)
			p.unlock()
			return waitError(ctx)
		}
	}
	if w.refused != nil {
		return w.refused
	}
	p.traceQueued(w.depth)
	return nil
}

func waitError(ctx context.Context) error {
	return fmt.Errorf("pool: no room before the context ended: %w", context.Cause(ctx))
}

// useRoom admits tasks that wait for room, as far as there is any in their
// class. It runs wherever room comes up, so that none of them waits while there
// is. The lock is held.
func (p *Pool) useRoom(now time.Duration) {
	for class := range p.blocked.waiters {
		for p.blocked.waiters[class].Len() > 0 && p.queue.Room(int32(class)) {
			w := p.unblock(class)
			w.depth, _ = p.admitPatient(&w.task, now)
			if w.decided != nil {
				close(w.decided)
			} else if p.trace.Queued != nil {
				p.outbox.addQueued(w.depth)
			}
		}
	}
}

// unblock removes the first task of the class that waits for room, if there is
// one. The lock is held.
func (p *Pool) unblock(class int) *waiter {
	first := p.blocked.waiters[class].Front()
	if first == nil {
		return nil
	}
	p.countBlocked(-1)
	return p.blocked.waiters[class].Remove(first).(*waiter)
}

// refuseSubmitters ends the wait of those that are blocked in Submit. The lock
// is held.
func (p *Pool) refuseSubmitters() {
	p.unblockIf(func(w *waiter) bool { return w.decided != nil }, RejectClosed, DropShutdown, ErrClosed)
}

// sweepWaiters ends the wait of those whose deadline has passed, and returns when
// that of the next does. The lock is held.
func (p *Pool) sweepWaiters(now time.Duration) (again time.Duration) {
	again = forever
	if p.blocked.count.Load() == 0 {
		return again
	}
	p.unblockIf(func(w *waiter) bool {
		deadline := p.deadline(&w.task)
		if deadline > now {
			again = min(again, deadline)
		}
		return deadline <= now
	}, RejectDeadline, DropDeadline, ErrDeadline)
	return again
}

// unblockIf gives up those that wait for room and for whom over says so: Submit
// returns the error, and what came by Enqueue is dropped. The lock is held.
func (p *Pool) unblockIf(over func(*waiter) bool, reject RejectReason, drop DropReason, err error) {
	for class := range p.blocked.waiters {
		for place := p.blocked.waiters[class].Front(); place != nil; {
			next := place.Next()
			if w := place.Value.(*waiter); over(w) {
				p.blocked.waiters[class].Remove(place)
				p.countBlocked(-1)
				if w.decided == nil {
					p.dropWaiter(w, drop)
				} else {
					w.refused = err
					p.classes[class].reject(reject)
					close(w.decided)
				}
			}
			place = next
		}
	}
}

// dropWaiter drops a task that came by Enqueue and waited for room in vain. The
// lock is held.
func (p *Pool) dropWaiter(w *waiter, reason DropReason) {
	p.classes[w.task.Class].admit()
	p.drop(int32(w.task.Class), w.task.Drop, w.since, reason)
}

// countBlocked brings Blocked up to date after one more or one less. The lock is
// held.
func (p *Pool) countBlocked(change int64) {
	now := p.blocked.count.Add(change)
	if (now == 0 || now-change == 0) && p.config.BlockedChanged != nil {
		p.outbox.addBlocked()
	}
}
