package pool

import (
	"container/list"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alitto/pond/v2"
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
	library pond.Pool
	ticket  func()    // runTicket, bound once
	epoch   time.Time // zero of the pool's clock

	// mu guards the fields below. Pond's own lock is taken while it is held,
	// never the other way round.
	mu      sync.Mutex
	workers int       // limit on running tasks; pond has the same
	queue   int       // limit on waiting tasks
	waiting fifo      // admitted tasks that no worker has taken yet
	running int       // tasks that workers run: at most workers, or falling towards it after a shrink
	tickets int       // tickets at pond that have not ended: one for each worker that works or is to find work
	waiters list.List // of *waiter: submitters that wait for room; empty unless the pool is full
	asked   bool      // TrySubmit has returned ErrFull since Room was last called
	seats   seats     // since when each worker is busy
	ctxs    contexts  // contexts for the next tasks
	stats   Stats     // the counters; Stats() fills in the rest
	failed  uint64    // most failures of tickets seen in pond

	// A pool is drained when it is closed and no worker has a task, or is in a
	// callback after one.
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
		workers: config.workers(),
		queue:   config.queue(),
		drained: make(chan struct{}),
	}
	if config.Trace != nil {
		p.trace = *config.Trace
	}
	p.ticket = p.runTicket
	// Pond's queue is unbounded because admission is decided here: a worker
	// that has finished counts in pond until it looks for the next ticket, so
	// that a bound of pond's would refuse tasks for which there is room.
	p.library = pond.NewPool(p.workers, pond.WithQueueSize(pond.Unbounded), pond.WithNonBlocking(true))
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
	switch {
	case workers > p.workers:
		p.stats.ResizedUp++
	case workers < p.workers:
		p.stats.ResizedDown++
	}
	p.workers = workers
	p.library.Resize(workers)
	p.issueTickets()
	room := p.useRoom(p.now())
	p.mu.Unlock()
	p.announce(room)
	return nil
}

// now reads the clock of the pool. Every reading that ends up in Stats is taken
// under mu, so that busy time, once reported, never shrinks.
func (p *Pool) now() time.Duration { return time.Since(p.epoch) }

// panicked reports a recovered panic.
func (p *Pool) panicked(value any, stack []byte) {
	if p.config.Panicked == nil {
		slog.Error("pool: panic in a task", "value", value, "stack", string(stack))
		return
	}
	p.config.Panicked(value, stack)
}

// shield calls a callback of the pool's user, so that a panic in it does not
// keep the pool from its work.
func (p *Pool) shield(callback func()) {
	defer func() {
		if value := recover(); value != nil {
			p.panicked(value, debug.Stack())
		}
	}()
	callback()
}

// limit is the most tasks that run at once.
func (p *Pool) limit() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.workers
}

// wanted reports whether a task waits for a worker.
func (p *Pool) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waiting.len() > 0
}
