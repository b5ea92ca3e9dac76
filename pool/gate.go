package pool

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A Gate says whether the processors can do with another worker. It returns how
// many goroutines are ready to run and wait for a processor, and how many
// processors there are.
//
// A pool calls it before it starts a worker beyond the first few, and when a
// worker looks for its next task: never from two goroutines at once, but with
// its lock held, so that a Gate must be quick and must not use the pool.
type Gate func() (runnable, processors int)

// NewGate returns a Gate that asks the Go scheduler. A reading costs less than
// a tenth of a microsecond and allocates nothing. Each pool needs its own.
func NewGate() Gate {
	runnable := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	return func() (int, int) {
		metrics.Read(runnable)
		return int(runnable[0].Value.Uint64()), runtime.GOMAXPROCS(0)
	}
}

// signal is Config.Gate as it is asked, with the lock held. One that panics holds
// nobody back, and is reported by a goroutine that does not have the lock.
func (p *Pool) signal() func() (runnable, processors int) {
	gate := p.config.Gate
	if gate == nil {
		return nil
	}
	return func() (runnable, processors int) {
		defer func() {
			if value := recover(); value != nil {
				go p.panicked(value, debug.Stack())
				runnable, processors = 0, 1
			}
		}()
		return gate()
	}
}
