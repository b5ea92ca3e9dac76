package pool

import (
	"container/list"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alitto/pond/v2"

	"millpond/pool/internal/policy"
)

// A Pool runs tasks on a bounded number of workers and lets a bounded number
// wait. All its methods may be called from many goroutines at once, and from
// inside its tasks.
//
// A pool needs no Close to be collected as garbage: it has no goroutine of its
// own, and workers exist only while there are tasks.
type Pool struct {
	config  Config
	trace   Trace
	spawner pond.Pool
	ticket  func()    // runTicket, bound once
	epoch   time.Time // zero of the pool's clock

	// mu guards the fields below. Pond's own lock is taken while it is held,
	// never the other way round.
	mu      sync.Mutex
	policy  *policy.Scheduler // which tasks wait, and how many run
	tasks   table             // those that wait
	waiters list.List         // of *waiter: tasks that wait for room; empty while there is any
	tickets int               // tickets at pond that have not ended: one for each worker that works or is to find work
	seats   seats             // since when each worker is busy
	ctxs    contexts          // contexts for the next tasks
	news    news              // to be told once the lock is released
	telling bool              // a goroutine tells news, and owns being
	being   news              // being told
	answers int               // calls of Close that answer what they have dropped
	stats   Stats             // the counters; Stats() fills in the rest
	exits   uint64            // tickets that runtime.Goexit has ended
	failed  uint64            // most other failures of tickets seen in pond

	blocked atomic.Int64 // length of waiters; written under mu

	// A pool is drained when it is closed, no task is left, and no goroutine is
	// in a callback.
	closed  atomic.Bool  // written under mu
	leaving atomic.Int64 // workers that are in callbacks after a task; grows under mu
	drained chan struct{}
}

// New returns a pool. Its error names every fault of the configuration.
func New(config Config) (*Pool, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	p := &Pool{
		config:  config,
		epoch:   time.Now(),
		spawner: newSpawner(config.workers()),
		drained: make(chan struct{}),
	}
	if config.Trace != nil {
		p.trace = *config.Trace
	}
	p.ticket = p.runTicket
	p.policy = policy.NewScheduler(config.workers(), policy.NewFIFO(config.queue(), p.policyDrop))
	return p, nil
}

// Resize changes the limit on running tasks while the pool is at work. The
// limit on waiting tasks stays. When the limit falls, running tasks are not
// interrupted: their number falls as they end.
func (p *Pool) Resize(workers int) error {
	if workers < 1 {
		return fmt.Errorf("pool: cannot resize to %d workers; it must be at least 1", workers)
	}
	p.mu.Lock()
	switch before := p.policy.Workers(); {
	case workers > before:
		p.stats.ResizedUp++
	case workers < before:
		p.stats.ResizedDown++
	}
	p.policy.Resize(workers)
	p.spawner.Resize(workers)
	p.issueTickets()
	p.useRoom(p.now())
	p.unlock()
	return nil
}

// now reads the clock of the pool. Every reading that ends up in Stats is taken
// under mu, so that busy time, once reported, never shrinks.
func (p *Pool) now() time.Duration { return time.Since(p.epoch) }

// limit is the most tasks that run at once.
func (p *Pool) limit() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.policy.Workers()
}

// wanted reports whether a task waits for a worker.
func (p *Pool) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.policy.Waiting() > 0
}
