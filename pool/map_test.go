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
		for range 20 { // select chooses at random
			if _, err := pool.Map(ctx, p, numbers(3), double); !errors.Is(err, reason) {
				t.Errorf("got %v with a context that has ended; want the cause", err)
			}
		}
		if s := p.Stats(); sum(s.Rejected[:]) != 0 {
			t.Errorf("got %+v; want none submitted in vain", s)
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
