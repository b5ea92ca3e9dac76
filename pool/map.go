package pool

import (
	"context"
	"errors"
	"fmt"
)

// Map calls fn for each item within the bound of the pool, and returns the
// results in the order of the items. The first error wins: it ends the context
// of the other calls, no more are made, and Map returns it, with the number of
// the item. The result of an item for which fn was not called is zero.
//
// Called from outside, Map submits its items like anybody else: each waits in
// the queue for its turn. No more of them are in the pool at once than there
// are workers, so that a long batch leaves room in the queue for others.
//
// Called with the context of a task of the same pool, or one derived from it,
// Map calls fn on the worker of that task, and on other workers as far as they
// are free. So it needs no room, cannot deadlock, and stays within the bound;
// calls may be nested. When several goroutines of a task call Map, one at a
// time uses the worker of the task. When the task has ended, its context counts
// as outside.
//
// Map returns when no call of fn runs any more. When its context ends before
// every item is done, it returns context.Cause. When the pool is closed, it
// returns ErrClosed, unless its own worker can do the rest. A panic in fn
// becomes a [*PanicError].
//
// With [InClass], and inside of a task of a class, the items run in that class.
// An item that has to wait under overload may be overtaken, but it is not
// dropped.
//
// An item costs about half a microsecond on top of fn, and two allocations. See
// BenchmarkMap.
func Map[T, R any](ctx context.Context, p *Pool, items []T, fn func(context.Context, T) (R, error)) ([]R, error) {
	results := make([]R, len(items))
	err := newBatch(p, len(items), nil, caller(items, results, fn)).run(ctx)
	return results, err
}

// MapAll is like Map, but an error does not keep fn from being called for the
// other items: all errors are joined, in the order of the items.
func MapAll[T, R any](ctx context.Context, p *Pool, items []T, fn func(context.Context, T) (R, error)) ([]R, error) {
	results := make([]R, len(items))
	errs := make([]error, len(items))
	err := newBatch(p, len(items), errs, caller(items, results, fn)).run(ctx)
	return results, errors.Join(append(errs, err)...)
}

// caller frees the call for one item from its types.
func caller[T, R any](items []T, results []R, fn func(context.Context, T) (R, error)) func(context.Context, int) error {
	return func(ctx context.Context, i int) (err error) {
		results[i], err = fn(ctx, items[i])
		return err
	}
}

// PanicError is the error of an item for which the function given to Map
// panicked.
type PanicError struct {
	Value any    // what it panicked with
	Stack []byte // where, as formatted by debug.Stack
}

// Error returns the value of the panic, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
