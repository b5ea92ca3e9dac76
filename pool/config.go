package pool

import (
	"errors"
	"fmt"
	"math"
	"runtime"
)

// queuePerWorker is the default room in the queue for each worker.
const queuePerWorker = 64

// Config says how large a [Pool] is and whom it tells what happens.
// The zero Config is usable. New copies it, Trace included.
type Config struct {
	// Workers is the most tasks that run at once. If zero, it is
	// runtime.GOMAXPROCS(0). Negative is an error.
	Workers int

	// Queue is the most admitted tasks that wait for a worker. If zero, it is
	// 64 × Workers. If negative, none waits: a task finds a free worker or is
	// refused. Memory is used for tasks that wait, not for the limit.
	Queue int

	// BeforeTask, if not nil, is called by a worker each time before it looks
	// for a task, also when it will find none. It may submit tasks to the same
	// pool with TrySubmit. Its time counts as the waiting time of the next task.
	// It is not called any more after Close has returned nil, but a call that
	// had begun before Close may outlast it.
	BeforeTask func()

	// BlockedChanged, if not nil, is called after Blocked became positive and
	// after it became zero. No call is lost, but calls are never concurrent, so
	// that several changes may come as one: it should look at Blocked, and must
	// not block. It may submit tasks.
	BlockedChanged func()

	// Panicked is called with what a task panicked with and the stack of the
	// panic, after the worker was given back. If nil, panics are logged by
	// slog.Default. It also gets the panics of all other callbacks.
	Panicked func(value any, stack []byte)

	// Trace, if not nil, is told of every step of a task.
	Trace *Trace
}

// validate reports every fault of the configuration at once.
func (c *Config) validate() error {
	var faults []error
	if c.Workers < 0 {
		faults = append(faults, fmt.Errorf("pool: Config.Workers is %d; it must be at least 1, or 0 for GOMAXPROCS", c.Workers))
	}
	return errors.Join(faults...)
}

// workers is the limit on running tasks.
func (c *Config) workers() int {
	if c.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return c.Workers
}

// queue is the limit on waiting tasks.
func (c *Config) queue() int {
	switch {
	case c.Queue < 0:
		return 0
	case c.Queue > 0:
		return c.Queue
	case c.workers() > math.MaxInt/queuePerWorker:
		return math.MaxInt
	default:
		return queuePerWorker * c.workers()
	}
}
