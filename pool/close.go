package pool

import (
	"context"
	"fmt"
	"sync/atomic"

	"millpond/pool/internal/policy"
)

// drain is what Close waits for: a pool is drained when it is closed, no task is
// left, and no goroutine is in a callback.
type drain struct {
	closed  atomic.Bool  // written under the lock
	leaving atomic.Int64 // workers that are in callbacks after a task; grows under the lock
	answers int          // calls of Close that answer what they have dropped; under the lock
	drained chan struct{}
}

// Close refuses new tasks and submitters that are blocked in Submit, lets the
// tasks that are queued or were given to Enqueue run, and returns nil when the
// last has ended and its callbacks have returned.
//
// When the context ends first, every task that still waits is dropped: its Drop
// is called by the goroutine of Close, so that it is answered even if all
// workers are stuck. Close then returns an error that wraps context.Cause and
// says how many tasks were left. Those that run go on, but are not waited for.
//
// Close may be called again, also while another Close waits, for instance with
// a context that ends sooner. A task must not close its own pool: it would wait
// for itself.
func (p *Pool) Close(ctx context.Context) error {
	p.mu.Lock()
	p.drain.closed.Store(true)
	p.refuseSubmitters()
	p.checkDrained()
	p.unlock()

	select {
	case <-p.drain.drained:
		return nil
	case <-ctx.Done():
		return p.giveUp(ctx)
	}
}

// giveUp drops what waits, unless the pool has been drained meanwhile.
func (p *Pool) giveUp(ctx context.Context) error {
	p.mu.Lock()
	select {
	case <-p.drain.drained:
		p.mu.Unlock()
		return nil
	default:
	}
	p.queue.Clear(func(it policy.Item) { p.dropItem(it, DropShutdown) })
	for i := range p.blocked.waiters {
		for w := p.unblock(i); w != nil; w = p.unblock(i) {
			p.dropWaiter(w, DropShutdown)
		}
	}
	left := p.outbox.takeDropped()
	running := p.queue.Running() + p.away.tasks
	p.drain.answers++
	p.mu.Unlock()
	p.answerAll(left) // before other news, in the order in which they came
	return fmt.Errorf("pool: closed with %d tasks running and %d waiting tasks dropped: %w",
		running, len(left), context.Cause(ctx))
}

// answerAll tells tasks that they were given up.
func (p *Pool) answerAll(left []dropped) {
	defer func() {
		p.mu.Lock()
		p.drain.answers--
		p.checkDrained()
		p.unlock()
	}()
	for i := range left {
		p.answer(&left[i])
	}
}

// checkDrained tells Close when there is nothing left to wait for. The lock is
// held.
func (p *Pool) checkDrained() {
	if !p.drain.closed.Load() || p.queue.Running()+p.away.tasks+p.queue.Waiting()+p.Blocked()+p.drain.answers > 0 ||
		p.outbox.telling || p.outbox.any || p.drain.leaving.Load() > 0 {
		return
	}
	select {
	case <-p.drain.drained: // closed before
	default:
		close(p.drain.drained)
	}
}

// hold keeps the pool from being drained until letGo.
func (d *drain) hold() { d.leaving.Add(1) }

// letGo is the last thing that a worker does for a task.
func (p *Pool) letGo() {
	if p.drain.leaving.Add(-1) == 0 && p.drain.closed.Load() {
		p.mu.Lock()
		p.checkDrained()
		p.unlock()
	}
}
