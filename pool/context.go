package pool

import (
	"context"
	"sync/atomic"
	"time"
)

// contextBlock is how many contexts are allocated at once. Each task gets a
// fresh one, because a task may leave its context to a goroutine that outlives
// it, and Map must not take that for a call from the next task.
const contextBlock = 64

// contexts hands out contexts for tasks. It is not safe for concurrent use.
type contexts struct {
	block []taskContext
}

// newContext returns one that was never used before.
func (c *contexts) newContext(p *Pool, class int) *taskContext {
	if len(c.block) == 0 {
		c.block = make([]taskContext, contextBlock)
	}
	ctx := &c.block[0]
	c.block = c.block[1:]
	ctx.pool, ctx.class = p, class
	return ctx
}

// taskContext is the context of a task, or of an item that Map runs. It never
// ends. It is the value of its pool as a key, in itself and in every context
// derived from it, which is how Map finds out where it is called.
type taskContext struct {
	pool   *Pool
	class  int
	waited time.Duration         // set before the task runs
	job    *job                  // nil when the task has ended; guarded by the pool's lock
	lease  atomic.Pointer[lease] // nil until Map asks for it, ended after the task
}

// ended is the lease of a task that has ended.
var ended lease

func (*taskContext) Deadline() (time.Time, bool) { return time.Time{}, false }
func (*taskContext) Done() <-chan struct{}       { return nil }
func (*taskContext) Err() error                  { return nil }

func (c *taskContext) Value(key any) any {
	switch key {
	case c.pool, waitKey{}:
		return c
	}
	return nil
}

// waitKey is the key of the task to which a context belongs, whatever its pool.
type waitKey struct{}

// QueueWait returns for how long the task has waited for its worker to which ctx
// belongs: that which [Task].Run got, or one derived from it, such as that of a
// request which a server serves by a pool. It is for traces and logs. Without
// such a task, ok is false. It is safe for concurrent use, also after the task.
func QueueWait(ctx context.Context) (waited time.Duration, ok bool) {
	c, ok := ctx.Value(waitKey{}).(*taskContext)
	if !ok {
		return 0, false
	}
	return c.waited, true
}

// String is what a derived context prints for its parent.
func (*taskContext) String() string { return "pool.Task" }

// end is called when the task has ended. If a goroutine that the task has left
// behind runs an item of Map on the task's worker, end waits for that item,
// because until then the worker is not free.
func (c *taskContext) end() {
	if l := c.lease.Swap(&ended); l != nil {
		close(l.over)
		l.turn <- struct{}{}
	}
}

// lease is the right to run items of Map in the place of a task, for the
// goroutines of that task: one of them at a time.
type lease struct {
	turn chan struct{} // full while somebody uses the lease, and for good after the task
	over chan struct{} // closed when the task has ended
}

// classKey is the key of the class in a context.
type classKey struct{}

// InClass returns a context with which Map runs its items in a class, as
// [Task.Class] has it, instead of that of the task in which it is called.
func InClass(ctx context.Context, class int) context.Context {
	return context.WithValue(ctx, classKey{}, class)
}

// classOf returns the class for what Map runs with the context: that of InClass,
// or that of the task of this pool to which it belongs.
func (p *Pool) classOf(ctx context.Context) int {
	if class, ok := ctx.Value(classKey{}).(int); ok {
		return class
	}
	if c, ok := ctx.Value(p).(*taskContext); ok {
		return c.class
	}
	return 0
}

// leaseOf returns the lease of the task of this pool to which the context
// belongs, or nil if there is none or it has ended.
func (p *Pool) leaseOf(ctx context.Context) *lease {
	c, ok := ctx.Value(p).(*taskContext)
	if !ok {
		return nil
	}
	if c.lease.Load() == nil {
		c.lease.CompareAndSwap(nil, &lease{turn: make(chan struct{}, 1), over: make(chan struct{})})
	}
	if l := c.lease.Load(); l != &ended {
		return l
	}
	return nil
}
