package pool_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// A task that is running when the pool is closed can finish its batch.
func TestMapInsideAClosingPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 2})
		try(t, p, pool.Task{Run: func(ctx context.Context, _ time.Time) {
			time.Sleep(time.Second)
			if got, err := pool.Map(ctx, p, numbers(3), double); err != nil || !slices.Equal(got, []int{0, 2, 4}) {
				t.Errorf("got %v, %v", got, err)
			}
		}})
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A pool of one worker, without a queue, runs batches inside batches inside
// batches: on that one worker.
func TestMapNestedNeedsNoOtherWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: -1})
		var atWork gauge
		var nest func(ctx context.Context, depth int) (int, error)
		nest = func(ctx context.Context, depth int) (int, error) {
			if depth == 0 {
				atWork.enter()
				defer atWork.leave()
				runtime.Gosched()
				return 1, nil
			}
			leaves, err := pool.Map(ctx, p, []int{depth - 1, depth - 1, depth - 1}, nest)
			return leaves[0] + leaves[1] + leaves[2], err
		}
		within(t, p, func(ctx context.Context) {
			if leaves, err := nest(ctx, 4); err != nil || leaves != 81 {
				t.Errorf("got %d leaves, %v; want 81", leaves, err)
			}
		})
		if atWork.peak.Load() != 1 || p.Stats().Started != 1 {
			t.Errorf("%d at once, %d tasks; want 1, 1", atWork.peak.Load(), p.Stats().Started)
		}
	})
}

// Free workers help a batch inside a task.
func TestMapInsideUsesFreeWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 4, Queue: -1})
		within(t, p, func(ctx context.Context) {
			start := time.Now()
			if _, err := pool.Map(ctx, p, numbers(8), func(context.Context, int) (int, error) {
				time.Sleep(time.Second)
				return 0, nil
			}); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took != 2*time.Second {
				t.Errorf("eight items of 1s took %v; want 2s on four workers", took)
			}
		})
		synctest.Wait()
		if s := p.Stats(); s.Submitted != 4 || sum(s.Rejected[:]) != 0 {
			t.Errorf("got %+v; want the task and three helpers, and no refusal", s)
		}
	})
}

// Several goroutines of several tasks call Map with the contexts of their
// tasks, nested, in a full pool: never more calls are at work than there are
// workers.
func TestMapStaysWithinTheBound(t *testing.T) {
	const workers = 3
	for _, queue := range []int{-1, 4} {
		t.Run(fmt.Sprintf("queue %d", queue), bubble(func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: workers, Queue: queue})
			var atWork gauge
			leaf := func(_ context.Context, i int) (int, error) {
				atWork.enter()
				defer atWork.leave()
				for range i {
					runtime.Gosched()
				}
				return i, nil
			}
			branch := func(ctx context.Context, i int) (int, error) {
				var batches sync.WaitGroup
				for range 3 {
					batches.Go(func() {
						if _, err := pool.Map(ctx, p, numbers(4), leaf); err != nil {
							t.Error(err)
						}
					})
				}
				batches.Wait()
				return i, nil
			}
			var callers sync.WaitGroup
			for range 6 {
				callers.Go(func() {
					for range 10 {
						if _, err := pool.Map(t.Context(), p, numbers(5), branch); err != nil {
							t.Error(err)
						}
					}
				})
			}
			callers.Wait()
			if peak := atWork.peak.Load(); peak > workers {
				t.Errorf("%d calls at once; want at most %d", peak, workers)
			}
		}))
	}
}
