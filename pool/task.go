package pool

import (
	"context"
	"errors"
	"fmt"
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
	// up. It may be called by any goroutine, so it must not block for long. It
	// may submit tasks.
	Drop func(reason DropReason, queued time.Time)

	// Done, if not nil, is called after Run, however that ended, by the same
	// goroutine, once the task has given its place back. What tells others that
	// the task is over belongs here: when they submit their next task at once,
	// this one is not in its way. It must not block for long, because that next
	// task may have to wait for this goroutine.
	Done func()

	// Deadline is when the result is of no use any more. A task that could not
	// end before it, if it runs for as long as those of its class do on average,
	// is refused; one that still waits when that becomes so is dropped within a
	// millisecond, even if every worker is stuck. Half of the time until the
	// deadline may be waited in any case. A task that runs is not interrupted.
	// Zero means never.
	Deadline time.Time

	// Class is the class of the task: 0 is the default one, i that of
	// Config.Classes[i-1].
	Class int

	// Key tells whose task it is, for fairness among clients under overload.
	// Tasks with the same key share one turn. All tasks with key 0 do, too.
	Key uint64

	// Gone, if not nil, reports whether the submitter has left, so that nobody
	// wants the result. It is asked when a task that has waited noticeably comes
	// to its turn, without locks, by the worker that would run it.
	Gone func() bool
}

// deadline is that of the task on the clock of the pool, or forever.
func (p *Pool) deadline(task *Task) time.Duration {
	if task.Deadline.IsZero() {
		return forever
	}
	return task.Deadline.Sub(p.clock.zero)
}

var errNoRun = errors.New("pool: Task.Run is nil; a task needs something to run")

// check returns what is wrong with a task.
func (p *Pool) check(task *Task) error {
	if task.Run == nil {
		return errNoRun
	}
	if task.Class < 0 || task.Class >= len(p.classes) {
		return fmt.Errorf("pool: Task.Class is %d; it must be at least 0 and at most %d, the number of Config.Classes",
			task.Class, len(p.classes)-1)
	}
	return nil
}
