package pool

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"
)

const (
	queuePerWorker = 64    // default room in the queue of FIFO, for each worker
	adaptiveQueue  = 16384 // default room in that of Adaptive
)

// Config says how large a [Pool] is and whom it tells what happens.
// The zero Config is usable. New copies it, Trace included.
type Config struct {
	// Workers is the most tasks that run at once. If zero, it is
	// runtime.GOMAXPROCS(0). Negative is an error.
	Workers int

	// Queue is the most admitted tasks that wait for a worker, in each class. If
	// zero, it is 64 × Workers, and 16,384 with Adaptive, which needs it only to
	// bound memory. If negative, none waits: a task finds a free worker or is
	// refused. Memory is used for tasks that wait, not for the limit.
	Queue int

	// Discipline says which task is next, and which are given up.
	Discipline Discipline

	// MaxWait is for how long tasks wait at most; those that have waited for so
	// long are dropped, even if all workers are stuck. If zero, Adaptive finds
	// it out, between 250 and 500 ms, and FIFO lets them wait. Adaptive takes
	// half of it for the sign of overload.
	MaxWait time.Duration

	// Classes are shares of the workers for tasks of their own kind.
	Classes []Class

	// Gate, if not nil, holds back workers for which the processors have no
	// time: Workers then only limits their number. See NewGate.
	Gate Gate

	// MinWorkers is how many workers may start whatever Gate says. There are
	// always as many as processors.
	MinWorkers int

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

// A Discipline decides which task is next, and which are given up.
type Discipline uint8

const (
	// DefaultDiscipline leaves the choice to whoever makes the pool: it is FIFO
	// in a pool of its own, and Adaptive in a server that refuses what it cannot
	// serve.
	DefaultDiscipline Discipline = iota

	// FIFO runs tasks in the order in which they came, and refuses what finds
	// the queue full.
	FIFO

	// Adaptive bounds the time for which tasks wait instead of their number, and
	// needs no tuning. While tasks are started soon, they run in the order in
	// which they came. When the oldest has waited for too long, the class is
	// overloaded until its queue stays empty for two gaps, of the mean time between
	// two starts. Until then the newest task runs first, so that those that run are
	// started at once; most of those that could not run are refused at once; the
	// oldest are dropped when more wait than are worth keeping, which are fifty up
	// to two and a half times the capacity and three at ten times, where few are
	// kept for longer than a gap; and of the clients, by Task.Key, those that ask
	// for no more than their share are all served, and the others get equal shares.
	// A task is dropped in any case after a hundred gaps, but at least 250 ms and
	// at most 500 ms. Too long is half of that if twice as many come as are started,
	// less if more come, but at least 125 ms, and more if fewer come, as a burst
	// leaves a backlog that is worked off.
	Adaptive
)

// String returns the discipline as the value of a flag or a metric's label.
func (d Discipline) String() string {
	names := [...]string{"default", "fifo", "adaptive"}
	return label(d, names[:])
}

// validate reports every fault of the configuration at once.
func (c *Config) validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("pool: Config."+format, args...))
	}
	if c.Workers < 0 {
		fault("Workers is %d; it must be at least 1, or 0 for GOMAXPROCS", c.Workers)
	}
	if c.Discipline > Adaptive {
		fault("Discipline is %v; it must be FIFO or Adaptive", c.Discipline)
	}
	if c.MaxWait < 0 {
		fault("MaxWait is %v; it must be positive, or 0 for the default", c.MaxWait)
	}
	if c.MinWorkers < 0 || c.Workers >= 0 && c.MinWorkers > c.workers() {
		fault("MinWorkers is %d; it must be at least 0 and at most Workers, %d", c.MinWorkers, c.workers())
	}
	return errors.Join(append(faults, c.validateClasses()...)...)
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
	case c.Discipline == Adaptive:
		return adaptiveQueue
	case c.workers() > math.MaxInt/queuePerWorker:
		return math.MaxInt
	default:
		return queuePerWorker * c.workers()
	}
}
