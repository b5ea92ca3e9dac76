package pool_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// A context that a task has left behind counts as outside, also while the next
// task runs on the same worker.
func TestMapWithTheContextOfATaskThatHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 5})
		var left context.Context
		within(t, p, func(ctx context.Context) { left = ctx })
		release := hold(t, p, 1)
		var atWork gauge
		go func() {
			if _, err := pool.Map(left, p, numbers(2), func(context.Context, int) (int, error) {
				atWork.enter()
				return 0, nil
			}); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		if atWork.now.Load() != 0 || p.Stats().Waiting != 1 {
			t.Errorf("%d calls at work beside the running task, %d waiting; want 0 and 1", atWork.now.Load(), p.Stats().Waiting)
		}
		close(release)
	})
}

// A task that ends while a goroutine of its own still does items in its place
// keeps the worker until the item at hand is done; the other items queue.
func TestMapOutlivesItsTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 5})
		var atWork gauge
		started := make(chan struct{})
		item := func(context.Context, int) (int, error) {
			atWork.enter()
			defer atWork.leave()
			if started != nil {
				close(started)
				started = nil
			}
			time.Sleep(time.Second)
			return 0, nil
		}
		mapped := make(chan error, 1)
		first := started
		try(t, p, pool.Task{Run: func(ctx context.Context, _ time.Time) {
			go func() {
				_, err := pool.Map(ctx, p, numbers(3), item)
				mapped <- err
			}()
			<-first
		}})
		try(t, p, do(func() {
			atWork.enter()
			defer atWork.leave()
			time.Sleep(time.Second)
		}))
		if err := <-mapped; err != nil {
			t.Error(err)
		}
		if peak := atWork.peak.Load(); peak != 1 {
			t.Errorf("%d at once on one worker; want 1", peak)
		}
	})
}

// The same holds for an item that leaves a batch of its own behind.
func TestMapOutlivesItsItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 5})
		var atWork gauge
		left := make(chan error, 1)
		within(t, p, func(ctx context.Context) {
			_, err := pool.Map(ctx, p, numbers(2), func(ctx context.Context, i int) (int, error) {
				if i == 1 {
					atWork.enter()
					defer atWork.leave()
					time.Sleep(time.Second)
					return 0, nil
				}
				started := make(chan struct{}, 1)
				go func() {
					_, err := pool.Map(ctx, p, numbers(1), func(context.Context, int) (int, error) {
						atWork.enter()
						defer atWork.leave()
						started <- struct{}{}
						time.Sleep(time.Second)
						return 0, nil
					})
					left <- err
				}()
				<-started
				return 0, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		// Its context ended with the outer batch, but its item was done.
		if err := <-left; err != nil {
			t.Error(err)
		}
		if peak := atWork.peak.Load(); peak != 1 {
			t.Errorf("%d at once on one worker; want 1", peak)
		}
	})
}

// While another goroutine of the task uses its worker, a batch waits for its
// turn, for a helper, for the end of the task, or for its context.
func TestMapWaitsForTheWorkerOfItsTask(t *testing.T) {
	type setting struct {
		p      *pool.Pool
		task   context.Context // of a task whose worker does an item until letGo
		letGo  func()
		end    func() // of the task
		mapped func(ctx context.Context, items int, want error) (calls *gauge)
	}
	for _, test := range []struct {
		name    string
		workers int
		test    func(*testing.T, setting)
	}{
		{"its turn", 1, func(t *testing.T, s setting) {
			calls := s.mapped(s.task, 3, nil)
			synctest.Wait()
			if calls.now.Load() != 0 {
				t.Error("the worker did two items at once")
			}
			s.letGo()
			synctest.Wait()
			if got := calls.now.Load(); got != 3 {
				t.Errorf("%d calls on the worker of the task; want 3", got)
			}
		}},
		{"a helper", 2, func(t *testing.T, s setting) {
			calls := s.mapped(s.task, 3, nil)
			synctest.Wait()
			if got := calls.now.Load(); got != 3 {
				t.Errorf("%d calls by the helper; want 3", got)
			}
		}},
		{"the end of the task", 1, func(t *testing.T, s setting) {
			calls := s.mapped(s.task, 3, nil)
			synctest.Wait()
			s.end()
			synctest.Wait()
			if got := s.p.Stats(); calls.now.Load() != 0 || got.Running != 1 || got.Waiting != 1 {
				t.Errorf("%d calls, %+v; want the worker kept by the item at hand, and the batch in the queue", calls.now.Load(), got)
			}
			s.letGo()
			synctest.Wait()
			if got := calls.now.Load(); got != 3 {
				t.Errorf("%d calls from the queue; want 3", got)
			}
		}},
		{"its context", 1, func(t *testing.T, s setting) {
			ctx, cancel := context.WithCancel(s.task)
			calls := s.mapped(ctx, 3, context.Canceled)
			synctest.Wait()
			cancel()
			synctest.Wait()
			if calls.now.Load() != 0 {
				t.Error("fn was called")
			}
		}},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: test.workers, Queue: 5})
			var maps sync.WaitGroup
			defer maps.Wait()
			item, task := make(chan struct{}), make(chan struct{})
			letGo, end := sync.OnceFunc(func() { close(item) }), sync.OnceFunc(func() { close(task) })
			defer end()
			defer letGo()
			var ctx context.Context
			try(t, p, pool.Task{Run: func(taskCtx context.Context, _ time.Time) {
				ctx = taskCtx
				maps.Go(func() {
					if _, err := pool.Map(taskCtx, p, numbers(1), func(context.Context, int) (int, error) {
						<-item
						return 0, nil
					}); err != nil {
						t.Error(err)
					}
				})
				<-task
			}})
			synctest.Wait()
			mapped := func(ctx context.Context, items int, want error) *gauge {
				var calls gauge
				maps.Go(func() {
					_, err := pool.Map(ctx, p, numbers(items), func(context.Context, int) (int, error) {
						calls.enter()
						return 0, nil
					})
					if !errors.Is(err, want) {
						t.Errorf("Map: %v; want %v", err, want)
					}
				})
				return &calls
			}
			test.test(t, setting{p, ctx, letGo, end, mapped})
		}))
	}
}
