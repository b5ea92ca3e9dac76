package pool

import (
	"container/list"
	"context"
	"fmt"
	"time"
)

// Submit admits the task as soon as there is room. Those who wait are served
// in the order in which they came.
//
// It returns an error that wraps context.Cause when the context ends first or
// has ended already, and ErrClosed when the pool is closed; then neither Run
// nor Drop is called. The context is for the wait only. A task that submits to
// its own pool should use TrySubmit, Enqueue or Map: waiting would hold the
// worker that could make the room.
func (p *Pool) Submit(ctx context.Context, task Task) error {
	if err := p.check(&task); err != nil {
		return err
	}
	p.mu.Lock()
	switch {
	case p.closed.Load():
		p.reject(task.Class, RejectClosed)
		p.unlock()
		return ErrClosed
	case ctx.Err() != nil:
		p.reject(task.Class, RejectWaitTimeout)
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
	place := p.waiters[task.Class].PushBack(w)
	p.countBlocked(1)
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
	if p.closed.Load() {
		p.reject(task.Class, RejectClosed)
		p.unlock()
		return ErrClosed
	}
	now := p.now()
	depth, ok := p.admitPatient(&task, now)
	if !ok {
		p.waiters[task.Class].PushBack(&waiter{task: task, since: now})
		p.countBlocked(1)
	}
	p.unlock()
	if ok {
		p.traceQueued(depth)
	}
	return nil
}

// Blocked is the number of tasks that wait outside of the queue for room, those
// of callers blocked in Submit included. It costs a read of an atomic.
func (p *Pool) Blocked() int { return int(p.blocked.Load()) }

// waiter is a task that waits for room. It is in no counter until its case is
// decided.
type waiter struct {
	task     Task
	since    time.Duration // when it began to wait
	decided  chan struct{} // closed after the fields below were set and the waiter left the list; nil for Enqueue
	depth    int           // depth of the queue when the task was admitted
	admitted bool          // it was
}

// admitPatient admits a task that would wait for room, if there is any. The
// lock is held.
func (p *Pool) admitPatient(task *Task, now time.Duration) (depth int, ok bool) {
	it := p.item(task, now)
	it.Patient = true
	depth, _, err := p.admit(task, it, now)
	return depth, err == nil
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
			p.waiters[w.task.Class].Remove(place)
			p.countBlocked(-1)
			p.reject(w.task.Class, RejectWaitTimeout)
			p.unlock()
			return waitError(ctx)
		}
	}
	if !w.admitted {
		return ErrClosed
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
	for class := range p.waiters {
		for p.waiters[class].Len() > 0 && p.policy.Room(int32(class)) {
			w := p.unblock(class)
			w.depth, w.admitted = p.admitPatient(&w.task, now)
			if w.decided != nil {
				close(w.decided)
			} else if p.trace.Queued != nil {
				p.news.queued = append(p.news.queued, w.depth)
			}
		}
	}
}

// unblock removes the first task of the class that waits for room, if there is
// one. The lock is held.
func (p *Pool) unblock(class int) *waiter {
	first := p.waiters[class].Front()
	if first == nil {
		return nil
	}
	p.countBlocked(-1)
	return p.waiters[class].Remove(first).(*waiter)
}

// refuseSubmitters ends the wait of those that are blocked in Submit. The lock
// is held.
func (p *Pool) refuseSubmitters() {
	for class := range p.waiters {
		for place := p.waiters[class].Front(); place != nil; {
			next := place.Next()
			if w := place.Value.(*waiter); w.decided != nil {
				p.waiters[class].Remove(place)
				p.countBlocked(-1)
				p.reject(class, RejectClosed)
				close(w.decided)
			}
			place = next
		}
	}
}

// countBlocked brings Blocked up to date after one more or one less. The lock is
// held.
func (p *Pool) countBlocked(change int64) {
	now := p.blocked.Add(change)
	if (now == 0 || now-change == 0) && p.config.BlockedChanged != nil {
		p.news.blocked = true
	}
}
