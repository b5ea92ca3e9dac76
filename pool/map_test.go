package pool_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// numbers returns 0 … n-1.
func numbers(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

func double(_ context.Context, i int) (int, error) { return 2 * i, nil }

// within runs f inside a task of the pool and waits for it.
func within(t *testing.T, p *pool.Pool, f func(ctx context.Context)) {
	t.Helper()
	done := make(chan struct{})
	try(t, p, pool.Task{
		Run:  func(ctx context.Context, _ time.Time) { f(ctx) },
		Done: func() { close(done) },
	})
	<-done
}

// places runs a test of Map from outside, and from inside a task.
func places(t *testing.T, config pool.Config, test func(*testing.T, context.Context, *pool.Pool)) {
	t.Run("outside", bubble(func(t *testing.T) {
		test(t, t.Context(), newPool(t, config))
	}))
	t.Run("inside", bubble(func(t *testing.T) {
		p := newPool(t, config)
		within(t, p, func(ctx context.Context) { test(t, ctx, p) })
	}))
}

func TestMapKeepsOrder(t *testing.T) {
	for _, size := range []int{0, 1, 2, 100} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			places(t, pool.Config{Workers: 3, Queue: 2}, func(t *testing.T, ctx context.Context, p *pool.Pool) {
				got, err := pool.Map(ctx, p, numbers(size), double)
				if err != nil || len(got) != size {
					t.Fatalf("got %d results, %v; want %d", len(got), err, size)
				}
				for i := range got {
					if got[i] != 2*i {
						t.Errorf("result %d is %d; want %d", i, got[i], 2*i)
					}
				}
			})
		})
	}
}

var errBoom = errors.New("boom")

func TestMapFirstErrorWins(t *testing.T) {
	places(t, pool.Config{Workers: 2}, func(t *testing.T, ctx context.Context, p *pool.Pool) {
		var calls, cancelled atomic.Int64
		got, err := pool.Map(ctx, p, numbers(100), func(ctx context.Context, i int) (int, error) {
			switch calls.Add(1); i {
			case 0: // works until the error of the other call ends its context
				<-ctx.Done()
				cancelled.Add(1)
				return 0, context.Cause(ctx)
			case 1:
				time.Sleep(time.Second)
				return 0, errBoom
			}
			return i, nil
		})
		if !errors.Is(err, errBoom) || !strings.Contains(err.Error(), "item 1:") {
			t.Errorf("got %v; want boom from item 1", err)
		}
		if len(got) != 100 || calls.Load() != 2 || cancelled.Load() != 1 {
			t.Errorf("%d results, %d calls, %d cancelled; want 100, 2, 1", len(got), calls.Load(), cancelled.Load())
		}
	})
}

func TestMapAllJoinsErrors(t *testing.T) {
	places(t, pool.Config{Workers: 3}, func(t *testing.T, ctx context.Context, p *pool.Pool) {
		got, err := pool.MapAll(ctx, p, numbers(10), func(_ context.Context, i int) (int, error) {
			if i%3 == 0 {
				return -1, fmt.Errorf("%w %d", errBoom, i)
			}
			return i, nil
		})
		want := "item 0: boom 0\nitem 3: boom 3\nitem 6: boom 6\nitem 9: boom 9"
		if err == nil || err.Error() != want || !errors.Is(err, errBoom) {
			t.Errorf("got error %v; want %s", err, want)
		}
		if want := []int{-1, 1, 2, -1, 4, 5, -1, 7, 8, -1}; !slices.Equal(got, want) {
			t.Errorf("got %v; want %v", got, want)
		}
	})
}

func TestMapAllWithoutErrors(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 2})
	if got, err := pool.MapAll(t.Context(), p, numbers(3), double); err != nil || !slices.Equal(got, []int{0, 2, 4}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestMapPanicBecomesAnError(t *testing.T) {
	places(t, pool.Config{Workers: 2}, func(t *testing.T, ctx context.Context, p *pool.Pool) {
		_, err := pool.MapAll(ctx, p, numbers(4), func(_ context.Context, i int) (int, error) {
			if i == 2 {
				panic(errBoom)
			}
			return i, nil
		})
		failed, ok := errors.AsType[*pool.PanicError](err)
		if !ok || !errors.Is(err, errBoom) || !strings.Contains(string(failed.Stack), "map_test.go") {
			t.Errorf("got %v; want a PanicError that wraps boom, with the stack", err)
		}
		if n := p.Stats().Completed[pool.ResultPanic]; n != 0 {
			t.Errorf("%d panics counted; the caller of Map gets them", n)
		}
	})
}

func TestMapGoexitBecomesAnError(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 2})
	_, err := pool.Map(t.Context(), p, numbers(4), func(_ context.Context, i int) (int, error) {
		if i == 2 {
			runtime.Goexit()
		}
		return i, nil
	})
	if err == nil || !strings.Contains(err.Error(), "item 2: the call ended in runtime.Goexit") {
		t.Errorf("got %v; want an error of item 2", err)
	}
}

func TestMapContextEnds(t *testing.T) {
	places(t, pool.Config{Workers: 2}, func(t *testing.T, ctx context.Context, p *pool.Pool) {
		reason := errors.New("enough")
		ctx, cancel := context.WithCancelCause(ctx)
		var calls gauge
		_, err := pool.MapAll(ctx, p, numbers(10), func(ctx context.Context, i int) (int, error) {
			calls.enter()
			if i == 1 {
				cancel(reason)
			}
			<-ctx.Done()
			return 0, nil
		})
		if !errors.Is(err, reason) || calls.now.Load() != 2 {
			t.Errorf("got %v after %d calls; want the cause after 2", err, calls.now.Load())
		}
		if _, err := pool.Map(ctx, p, numbers(3), double); !errors.Is(err, reason) {
			t.Errorf("got %v with a context that has ended; want the cause", err)
		}
		if got, err := pool.Map(ctx, p, nil, double); err != nil || len(got) != 0 {
			t.Errorf("got %v, %v for no items; want nothing", got, err)
		}
	})
}

// A batch from outside waits its turn, but gives up when its context ends even
// though its tasks are still queued behind others.
func TestMapLeavesTheQueueWhenItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1})
		release := hold(t, p, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := pool.Map(ctx, p, numbers(3), func(context.Context, int) (int, error) {
			t.Error("fn was called")
			return 0, nil
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v; want the deadline", err)
		}
		close(release)
	})
}

// A batch takes no more of the queue than there are workers, and takes its turn
// after each item.
func TestMapQueuesLikeAnybodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 2, Queue: 10})
		release := hold(t, p, 2)
		var events []string
		var mu sync.Mutex
		record := func(event string) {
			mu.Lock()
			events = append(events, event)
			mu.Unlock()
		}
		go func() {
			_, err := pool.Map(t.Context(), p, numbers(4), func(_ context.Context, i int) (int, error) {
				record("item")
				return 0, nil
			})
			if err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		if got := p.Stats().Waiting; got != 2 {
			t.Errorf("%d tasks of the batch wait; want 2, one for each worker", got)
		}
		try(t, p, do(func() { record("other") }))
		if err := p.Resize(1); err != nil { // one worker: a single order
			t.Fatal(err)
		}
		close(release)
		synctest.Wait()
		want := []string{"item", "item", "other", "item", "item"}
		if !slices.Equal(events, want) {
			t.Errorf("got %v; want %v", events, want)
		}
	})
}

func TestMapOnAClosedPool(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 1})
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Map(t.Context(), p, numbers(3), double); !errors.Is(err, pool.ErrClosed) {
		t.Errorf("got %v; want ErrClosed", err)
	}
}

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

// A batch whose tasks are dropped by Close ends with ErrClosed.
func TestMapDroppedByClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1})
		release := hold(t, p, 1)
		ended := make(chan error)
		go func() {
			_, err := pool.Map(t.Context(), p, numbers(3), double)
			ended <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() { _ = p.Close(ctx) }()
		if err := <-ended; !errors.Is(err, pool.ErrClosed) {
			t.Errorf("got %v; want ErrClosed", err)
		}
		close(release)
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
