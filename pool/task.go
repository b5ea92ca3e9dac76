package pool

import (
	"context"
	"errors"
	"time"
)

// A Task is work for a [Pool]. For each admitted task exactly one of Run and
// Drop is called, exactly once.
type Task struct {
	// Run does the work, on a worker of the pool. It is required.
	//
	// The context belongs to this run. It never ends, and Map recognises by it
	// that it is called from inside a task. Queued is when the task was
	// admitted; it is meant for time.Since, for which it carries a monotonic
	// reading.
	Run func(ctx context.Context, queued time.Time)

	// Drop, if not nil, is called instead of Run when the pool gives the task
	// up. It may be called by any goroutine, so it must not block for long.
	Drop func(reason DropReason, queued time.Time)

	// Done, if not nil, is called after Run, however that ended, by the same
	// goroutine, once the place of the task has been given back. What tells
	// others that the task is over belongs here: when they submit their next
	// task at once, this one is not in its way. It must not block for long,
	// because that next task may have to wait for this goroutine.
	Done func()
}

var errNoRun = errors.New("pool: Task.Run is nil; a task needs something to run")

// queuedTask is an admitted task. Its time is on the clock of the pool.
type queuedTask struct {
	Task
	at time.Duration
}
