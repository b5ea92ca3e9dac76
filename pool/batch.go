package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// batch is one call of Map or MapAll. Its items are claimed one after the
// other, by its own goroutine and by tasks that help it. A helper that comes
// too late finds nothing to claim and returns, so a batch waits for items that
// were claimed, which are at work, and never for a task that may not start.
type batch struct {
	pool    *Pool
	call    func(ctx context.Context, i int) error
	size    int
	errs    []error       // of the items; nil if the first error wins
	helper  Task          // claims and does items
	helpers chan struct{} // holds a token for each helper in the pool

	ctx     context.Context // of the calls
	stop    context.CancelCauseFunc
	claimed chan struct{}  // closed when every item is claimed
	calls   sync.WaitGroup // items that are claimed and not done

	mu   sync.Mutex // guards the fields below
	next int        // item to claim next; size when there is none
	done int        // items done, failed ones only if all errors are wanted
}

// errGoexit is the error of an item for which fn has not returned.
var errGoexit = errors.New("the call ended in runtime.Goexit")

func newBatch(p *Pool, size int, errs []error, call func(context.Context, int) error) *batch {
	b := &batch{
		pool:    p,
		call:    call,
		size:    size,
		errs:    errs,
		helpers: make(chan struct{}, min(size, p.limit())),
		claimed: make(chan struct{}),
	}
	b.helper = Task{Run: b.help, Drop: b.dropped, Done: func() { <-b.helpers }}
	return b
}

// run does the items and returns when none is at work any more, with the cause
// if not all were done.
func (b *batch) run(ctx context.Context) error {
	if b.size == 0 {
		return nil
	}
	b.helper.Class = b.pool.classOf(ctx)
	if err := b.pool.check(&b.helper); err != nil {
		return err
	}
	b.ctx, b.stop = context.WithCancelCause(ctx)
	defer b.stop(nil)
	if l := b.pool.leaseOf(ctx); l != nil {
		b.inside(l)
	}
	b.outside()
	select {
	case <-b.claimed:
	case <-b.ctx.Done():
	}
	b.mu.Lock()
	b.next = b.size // whoever comes now finds nothing
	b.mu.Unlock()
	b.calls.Wait()
	if b.done < b.size {
		return context.Cause(b.ctx)
	}
	return nil
}

// inside does items in the place of the task that holds the lease, with the
// help of workers that are free. It leaves items over only if the task ends, or
// everything has to stop.
func (b *batch) inside(l *lease) {
	if !b.awaitTurn(l) {
		return
	}
	defer func() { <-l.turn }()
	for {
		select {
		case <-l.over:
			return
		default:
		}
		i, ok := b.claim()
		if !ok {
			return
		}
		b.enlist()
		b.do(i)
	}
}

// awaitTurn waits for the turn to use the lease. Helpers may do everything before
// that.
func (b *batch) awaitTurn(l *lease) bool {
	select {
	case l.turn <- struct{}{}:
		return true
	default:
	}
	b.enlist()
	select {
	case l.turn <- struct{}{}:
		return true
	case <-l.over:
	case <-b.claimed:
	case <-b.ctx.Done():
	}
	return false
}

// enlist adds helpers as long as a worker is free and an item is left for it.
func (b *batch) enlist() {
	for len(b.helpers) < min(b.unclaimed(), cap(b.helpers)) {
		b.helpers <- struct{}{}
		if !b.pool.tryIdle(b.helper) {
			<-b.helpers
			return
		}
	}
}

// outside submits helpers while items are left, at most one for each worker at
// once.
func (b *batch) outside() {
	for b.unclaimed() > 0 {
		select {
		case b.helpers <- struct{}{}:
		case <-b.claimed:
			return
		case <-b.ctx.Done():
		}
		if b.ctx.Err() != nil {
			return
		}
		if err := b.pool.Submit(b.ctx, b.helper); err != nil {
			b.stop(err)
			return
		}
	}
}

// dropped is told that a helper was dropped. Unless the pool is closed, another
// comes in its place: no item is lost to overload.
func (b *batch) dropped(reason DropReason, _ time.Time) {
	if reason == DropShutdown {
		b.stop(ErrClosed)
	}
	<-b.helpers
}

// help does one item, and more while nobody waits for the worker.
func (b *batch) help(context.Context, time.Time) {
	for {
		i, ok := b.claim()
		if !ok {
			return
		}
		b.do(i)
		if b.pool.wanted() {
			return
		}
	}
}

// claim takes the next item, if there is one and nothing says stop.
func (b *batch) claim() (i int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == b.size || b.ctx.Err() != nil {
		return 0, false
	}
	i = b.next
	b.next++
	b.calls.Add(1)
	if b.next == b.size {
		close(b.claimed)
	}
	return i, true
}

// unclaimed is the number of items that are left.
func (b *batch) unclaimed() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.size - b.next
}

// do calls the function for a claimed item, with a context by which a call of
// Map in it finds the place in which the item is done.
func (b *batch) do(i int) {
	place := &taskContext{pool: b.pool, class: b.helper.Class}
	err := errGoexit // what stays if the call neither returns nor panics
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
		place.end()
		b.finish(i, err)
	}()
	err = b.call(context.WithValue(b.ctx, b.pool, place), i)
}

// finish settles a claimed item.
func (b *batch) finish(i int, err error) {
	if err != nil {
		err = fmt.Errorf("item %d: %w", i, err)
	}
	b.mu.Lock()
	switch {
	case err == nil:
		b.done++
	case b.errs != nil:
		b.errs[i] = err
		b.done++
	default:
		b.stop(err)
	}
	b.mu.Unlock()
	b.calls.Done()
}
