package pool

import (
	"context"
	"fmt"

	"millpond/pool/internal/policy"
)

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
	p.closed.Store(true)
	p.refuseSubmitters()
	p.checkDrained()
	p.unlock()

	select {
	case <-p.drained:
		return nil
	case <-ctx.Done():
		return p.giveUp(ctx)
	}
}

// giveUp drops what waits, unless the pool has been drained meanwhile.
func (p *Pool) giveUp(ctx context.Context) error {
	p.mu.Lock()
	select {
	case <-p.drained:
		p.mu.Unlock()
		return nil
	default:
	}
	p.policy.Clear(func(it policy.Item) { p.dropItem(it, DropShutdown) })
	for i := range p.waiters {
		for w := p.unblock(i); w != nil; w = p.unblock(i) {
			p.dropWaiter(w, DropShutdown)
		}
	}
	left := p.news.dropped
	p.news.dropped = nil
	running := p.policy.Running()
	p.answers++
	p.mu.Unlock()
	p.answerAll(left) // before other news, in the order in which they came
	return fmt.Errorf("pool: closed with %d tasks running and %d waiting tasks dropped: %w",
		running, len(left), context.Cause(ctx))
}

// answerAll tells tasks that they were given up.
func (p *Pool) answerAll(left []dropped) {
	defer func() {
		p.mu.Lock()
		p.answers--
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
	if !p.closed.Load() || p.policy.Running()+p.away+p.policy.Waiting()+p.Blocked()+p.answers > 0 ||
		p.telling || !p.news.none() || p.leaving.Load() > 0 {
		return
	}
	select {
	case <-p.drained: // closed before
	default:
		close(p.drained)
	}
}
