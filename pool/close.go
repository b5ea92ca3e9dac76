package pool

import (
	"context"
	"fmt"
)

// Close refuses new tasks and submitters that wait for room, lets the tasks
// that are queued run, and returns nil when the last has ended and its
// callbacks have returned.
//
// When the context ends first, every task that is still queued is dropped: its
// Drop is called by the goroutine of Close, so that it is answered even if all
// workers are stuck. Close then returns an error that wraps context.Cause and
// says how many tasks were left. Those that run go on, but are not waited for.
//
// Close may be called again, also while another Close waits, for instance with
// a context that ends sooner. A task must not close its own pool: it would wait
// for itself.
func (p *Pool) Close(ctx context.Context) error {
	p.mu.Lock()
	p.closed.Store(true)
	for p.waiters.Len() > 0 {
		w := p.waiters.Remove(p.waiters.Front()).(*waiter)
		w.err = ErrClosed
		p.reject(RejectClosed)
		close(w.decided)
	}
	p.checkDrained()
	p.mu.Unlock()

	select {
	case <-p.drained:
		return nil
	case <-ctx.Done():
		return p.giveUp(ctx)
	}
}

// giveUp drops what is queued, unless the pool has been drained meanwhile.
func (p *Pool) giveUp(ctx context.Context) error {
	p.mu.Lock()
	select {
	case <-p.drained:
		p.mu.Unlock()
		return nil
	default:
	}
	now := p.now()
	queued := p.waiting
	p.waiting = fifo{}
	p.stats.Dropped[DropShutdown] += uint64(queued.len())
	dropped, running := queued.len(), p.running
	p.checkDrained()
	p.mu.Unlock()

	for queued.len() > 0 {
		t := queued.pop()
		if t.Drop != nil {
			p.shield(func() { t.Drop(DropShutdown, p.epoch.Add(t.at)) })
		}
		p.trace.dropped(now-t.at, DropShutdown)
	}
	return fmt.Errorf("pool: closed with %d tasks running and %d queued tasks dropped: %w",
		running, dropped, context.Cause(ctx))
}

// checkDrained tells Close when there is nothing left to wait for. The lock is
// held.
func (p *Pool) checkDrained() {
	if !p.closed.Load() || p.running > 0 || p.waiting.len() > 0 || p.leaving.Load() > 0 {
		return
	}
	select {
	case <-p.drained: // closed before
	default:
		close(p.drained)
	}
}
