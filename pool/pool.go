package pool

import (
	"container/list"
	"fmt"
	"slices"
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

	classes []Class // the default one first
	sweeps  bool    // tasks are dropped when their time is up

	// mu guards the fields below. Pond's own lock is taken while it is held,
	// never the other way round.
	mu        sync.Mutex
	policy    *policy.Scheduler // which tasks wait, and how many run
	tasks     table             // those that wait
	gate      policy.Gate
	waiters   []list.List   // by class, of *waiter: tasks that wait for room; empty while there is any
	tickets   int           // tickets at pond that have not ended: one for each worker that works or is to find work
	away      int           // tasks without a place
	returners list.List     // of *returner: those of them that wait for one
	spawned   int           // the limit of pond, which grows with those that are away
	starting  int           // of these, tickets that have not looked for a task yet
	timer     *time.Timer   // calls wake; nil until needed
	alarm     time.Duration // when it is due, or forever
	seats     seats         // since when each worker is busy
	ctxs      contexts      // contexts for the next tasks
	counters  []counters    // by class
	began     []beginning   // by class: of its episode of overload
	news      news          // to be told once the lock is released
	telling   bool          // a goroutine tells news, and owns being
	being     news          // being told
	answers   int           // calls of Close that answer what they have dropped

	resizedUp, resizedDown uint64 // calls of Resize
	exits                  uint64 // tickets that runtime.Goexit has ended
	failed                 uint64 // most other failures of tickets seen in pond
	noTicket               uint64 // tickets that pond has refused

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
	config.Classes = slices.Clone(config.Classes)
	p := &Pool{
		config:  config,
		epoch:   time.Now(),
		spawner: newSpawner(config.workers()),
		alarm:   forever,
		drained: make(chan struct{}),
	}
	if config.Trace != nil {
		p.trace = *config.Trace
	}
	p.spawned = config.workers()
	p.ticket = p.runTicket
	p.classes = config.classes()
	p.counters, p.began = make([]counters, len(p.classes)), make([]beginning, len(p.classes))
	p.waiters = make([]list.List, len(p.classes))
	p.policy = p.newPolicy()
	p.gate = policy.Gate{Signal: config.Gate, Least: config.MinWorkers}
	p.sweeps = config.sweeps()
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
	switch before := p.policy.Workers(); {
	case workers > before:
		p.resizedUp++
	case workers < before:
		p.resizedDown++
	}
	p.policy.Resize(workers)
	p.spawned = workers + p.away
	p.spawner.Resize(p.spawned)
	now := p.now()
	p.issueTickets(now)
	p.settle(now)
	p.unlock()
	return nil
}

// forever is a time on the clock of the pool that never comes.
const forever = policy.Forever

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
