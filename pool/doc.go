// Package pool runs tasks on a bounded pool of workers.
//
// A [Pool] is bounded twice: at most Workers tasks run at once, and at most
// Queue admitted tasks wait for a worker. What does not fit is refused at once
// ([Pool.TrySubmit]) or waits outside for room ([Pool.Submit], and
// [Pool.Enqueue], which does not block its caller). Tasks start in the order in
// which they were admitted, unless the configuration says otherwise.
//
//	p, err := pool.New(pool.Config{Workers: 8, Queue: 100})
//	if err != nil {
//		return err
//	}
//	err = p.TrySubmit(pool.Task{Run: func(ctx context.Context, queued time.Time) {
//		…
//	}})
//	if errors.Is(err, pool.ErrFull) {
//		… // say no while it is still cheap
//	}
//
// # Overload
//
// A bound on the number of tasks that wait is no bound on the time for which
// they do, and a client that has given up needs no answer. [Adaptive] bounds the
// time, needs no tuning, and keeps the workers as busy as before:
//
//	p, err := pool.New(pool.Config{Workers: 8, Discipline: pool.Adaptive})
//
// Some tasks are not worth starting: they would not end before their deadline,
// or their submitter has left ([Task.Deadline], [Task.Gone]). The former are
// refused, or dropped as soon as that is so; the latter are dropped when their
// turn comes. Tasks with a [Task.Key] are served fairly under overload: a
// client that asks for twenty times its share leaves the others theirs.
//
// A [Class] keeps tasks of different kinds out of each other's way: workers of
// their own, a queue of their own, and a priority.
//
// With a [Gate], Workers may be far more than the processors can use: a further
// worker is started only while the processors have time for it. So tasks that
// compute run on few workers and tasks that wait on many, with one setting. The
// Gate does not see that something else is short, such as connections to a
// database; give such tasks a class with as many workers.
//
// # What is promised
//
//   - Every admitted task is answered exactly once: by Run, or by Drop. So is
//     every task that Enqueue took.
//   - Never more than Workers tasks run, and never more than Workers + Queue
//     are admitted and unfinished; in a class, never more than Queue wait beside
//     those that free workers are about to take. A pool that was resized down
//     finishes what runs, and starts nothing until it is below the new limit.
//   - FIFO refuses no task while there is room, and no task that comes later
//     overtakes one of its class that waits for room.
//   - [Stats] is one consistent snapshot, in which these laws hold exactly, in
//     total and for each class:
//     Submitted = sum of Rejected + admitted,
//     admitted = Started + sum of Dropped + Waiting,
//     Started = sum of Completed + Running + Away.
//   - A task that panics, or that calls [runtime.Goexit], gives its worker back.
//   - No panic vanishes: one in a task or in a callback is reported to
//     Config.Panicked or logged, and the worker goes on.
//
// # How it works
//
// Goroutines are started by [github.com/alitto/pond/v2], which also limits their
// number and changes that limit at run time ([Pool.Resize]); it is used for
// nothing else. Which tasks are admitted, which one is next and which are
// dropped is decided by a policy, a pure data structure to which the time is
// passed in. The rest is done here: the clock, waiting for room, answers, panics,
// counters and the drain.
//
// Pool and pond meet in a ticket: a goroutine of pond that runs one takes
// whatever task is the next, and then the next, until none waits. There is a
// ticket for every task, its callbacks included, up to one for each worker.
//
// Workers exist while there is work: an idle pool has no goroutine.
//
// # Cost
//
// Submitting and running an empty task takes about 350 ns of one processor,
// readings of the clock and turns of the lock for the most part, and Adaptive
// adds some 30 ns to that (Intel Xeon, Go 1.26). No task is allocated for while
// the workers are busy; a worker that must be started costs one allocation.
// Blocks for contexts come to about 18 bytes a task. See BenchmarkSubmit and
// BenchmarkDiscipline.
//
// # Limitations
//
// A task that waits for another task of the same pool can wait for ever when
// all workers do it. Use [Map], which runs on the worker of its caller where
// no other is free.
package pool
