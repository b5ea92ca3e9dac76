package pool

import (
	"container/list"
	"fmt"
	"slices"
	"sync"
)

// A Pool runs tasks on a bounded number of workers and lets a bounded number
// wait. All its methods may be called from many goroutines at once, and from
// inside its tasks.
//
// A pool needs no Close to be collected as garbage: it has no goroutine of its
// own, and workers exist only while there are tasks.
type Pool struct {
	config Config
	trace  Trace

	// mu guards the parts below, each of which is written in one file only; their
	// atomics are read without it. Pond's own lock is taken while it is held,
	// never the other way round.
	mu      sync.Mutex
	clock   clock   // the time, and the alarm for what no worker comes for
	queue   queue   // tasks that wait for a worker, and which is next
	tickets tickets // workers at pond
	running running // tasks at work
	away    away    // tasks that run without a place
	classes []class // what is counted of each, the default one first
	blocked blocked // tasks that wait for room
	outbox  outbox  // news to be told once the lock is released
	drain   drain   // what Close waits for
}

// New returns a pool. Its error names every fault of the configuration.
func New(config Config) (*Pool, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	config.Classes = slices.Clone(config.Classes)
	p := &Pool{
		config:  config,
		clock:   newClock(config.sweeps()),
		drain:   drain{drained: make(chan struct{})},
		blocked: blocked{waiters: make([]list.List, 1+len(config.Classes))},
	}
	if config.Trace != nil {
		p.trace = *config.Trace
	}
	for _, c := range config.classes() {
		p.classes = append(p.classes, class{Class: c})
	}
	p.queue.Scheduler = p.newPolicy()
	p.tickets = p.newTickets()
	return p, nil
}

// Resize changes the limit on running tasks while the pool is at work. The
// limits on waiting tasks and those of classes stay. When the limit falls, running
// tasks are not interrupted: their number falls as they end.
func (p *Pool) Resize(workers int) error {
	if least := p.config.kept() + 1; workers < least {
		return fmt.Errorf("pool: cannot resize to %d workers; it must be at least %d, one more than classes keep", workers, least)
	}
	p.mu.Lock()
	p.tickets.resize(p.queue.Workers(), workers, p.away.tasks)
	p.queue.Resize(workers)
	now := p.now()
	p.issueTickets(now)
	p.settle(now)
	p.unlock()
	return nil
}

// limit is the most tasks that run at once.
func (p *Pool) limit() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.Workers()
}

// wanted reports whether a task waits for a worker.
func (p *Pool) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.Waiting() > 0
}
