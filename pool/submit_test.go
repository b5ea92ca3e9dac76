package pool_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

func TestTasksStartInOrder(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 1, Queue: 1000})
	release := hold(t, p, 1)
	var ran []int // only the one worker touches it
	for i := range 1000 {
		try(t, p, do(func() { ran = append(ran, i) }))
	}
	close(release)
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(ran) != 1000 || !slices.IsSorted(ran) {
		t.Errorf("ran %d tasks, in order: %v; want 1000 in order", len(ran), slices.IsSorted(ran))
	}
}

func TestFullIsExact(t *testing.T) {
	for _, test := range []struct {
		name           string
		workers, queue int
		room           int
	}{
		{"none waits", 3, -1, 3},
		{"one waits", 1, 1, 2},
		{"some of both", 4, 6, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: test.workers, Queue: test.queue})
			release := hold(t, p, test.room)
			for range 3 {
				if err := p.TrySubmit(do(func() {})); !errors.Is(err, pool.ErrFull) {
					t.Errorf("got %v with %d tasks; want ErrFull", err, test.room)
				}
			}
			if s := p.Stats(); s.Rejected[pool.RejectFull] != 3 || s.Submitted != uint64(test.room)+3 {
				t.Errorf("got %+v; want 3 rejected and %d submitted", s, test.room+3)
			}
			close(release)
		})
	}
}

// One worker, no queue, one client that submits its next task when it hears of
// the end of the last: it is never told that the pool is full.
func TestNoFalseRefusal(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 1, Queue: -1})
	const rounds = 100_000
	done := make(chan struct{}, 1)
	task := pool.Task{
		Run:  func(context.Context, time.Time) {},
		Done: func() { done <- struct{}{} },
	}
	for i := range rounds {
		if err := p.TrySubmit(task); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		<-done
	}
	if s := p.Stats(); sum(s.Rejected[:]) != 0 || s.Completed[pool.ResultOK] != rounds {
		t.Errorf("got %+v; want %d tasks completed and none rejected", s, rounds)
	}
}

func TestTaskWithoutRun(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 1})
	if err := p.TrySubmit(pool.Task{}); err == nil {
		t.Error("TrySubmit took a task without Run")
	}
	if err := p.Submit(t.Context(), pool.Task{}); err == nil {
		t.Error("Submit took a task without Run")
	}
	if s := p.Stats(); s.Submitted != 0 {
		t.Errorf("%d submitted; a task without Run is a mistake, not a submission", s.Submitted)
	}
}

func TestSubmittersAreServedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 1})
		release := hold(t, p, 2)
		var ran []int // only the one worker touches it
		for i := range 10 {
			go func() {
				if err := p.Submit(t.Context(), do(func() { ran = append(ran, i) })); err != nil {
					t.Errorf("submitter %d: %v", i, err)
				}
			}()
			synctest.Wait()
		}
		if s := p.Stats(); s.Submitted != 2 {
			t.Errorf("%d submitted; ten blocked submitters must not be counted yet", s.Submitted)
		}
		close(release)
		synctest.Wait()
		if want := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}; !slices.Equal(ran, want) {
			t.Errorf("ran %v; want %v", ran, want)
		}
	})
}

// The worker that makes room gives it to the submitter that waits, so that a
// TrySubmit that comes right then cannot take it.
func TestTrySubmitDoesNotOvertakeSubmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *pool.Pool
		var barged error
		p = newPool(t, pool.Config{Workers: 1, Queue: -1})
		gate := make(chan struct{})
		try(t, p, pool.Task{
			Run:  func(context.Context, time.Time) { <-gate },
			Done: func() { barged = p.TrySubmit(do(func() { t.Error("overtook") })) },
		})
		ran := false
		go func() {
			if err := p.Submit(t.Context(), do(func() { ran = true })); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		close(gate)
		synctest.Wait()
		if !ran || !errors.Is(barged, pool.ErrFull) {
			t.Errorf("waiting submitter ran: %v; TrySubmit: %v, want ErrFull", ran, barged)
		}
	})
}

func TestSubmitGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: -1})
		release := hold(t, p, 1)
		reason := errors.New("the client has left")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, reason)
		defer cancel()
		start := time.Now()
		err := p.Submit(ctx, do(func() { t.Error("a refused task ran") }))
		if !errors.Is(err, reason) {
			t.Errorf("got %v; want it to wrap the cause", err)
		}
		if waited := time.Since(start); waited != time.Minute {
			t.Errorf("waited %v; want a minute", waited)
		}
		if s := p.Stats(); s.Rejected[pool.RejectWaitTimeout] != 1 {
			t.Errorf("got %+v; want one wait_timeout", s)
		}
		close(release)
		synctest.Wait()
		if err := p.Submit(ctx, do(func() {})); !errors.Is(err, reason) {
			t.Errorf("got %v with a context that has ended; want it refused although there is room", err)
		}
	})
}

// A task is admitted or its submitter gives up, never both, however close the
// two come together.
func TestSubmitRacesItsContext(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 2, Queue: -1})
	var submitters sync.WaitGroup
	var ran gauge
	var mu sync.Mutex
	admitted := 0
	for range 8 {
		submitters.Go(func() {
			for range 500 {
				ctx, cancel := context.WithCancel(t.Context())
				go cancel()
				if err := p.Submit(ctx, do(ran.enter)); err == nil {
					mu.Lock()
					admitted++
					mu.Unlock()
				}
			}
		})
	}
	submitters.Wait()
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := int(ran.now.Load()); got != admitted {
		t.Errorf("%d tasks ran; want the %d that Submit admitted", got, admitted)
	}
}

func TestAllocations(t *testing.T) {
	t.Run("none to queue", func(t *testing.T) {
		const tasks = 1000
		p := newPool(t, pool.Config{Workers: 1, Queue: 5 * tasks})
		task := do(func() {})
		// The ring and pond's own have to grow once.
		release := hold(t, p, 1)
		for range 2 * tasks {
			try(t, p, task)
		}
		close(release)
		for p.Stats().Running+p.Stats().Waiting > 0 {
			runtime.Gosched()
		}
		release = hold(t, p, 1)
		defer close(release)
		if got := testing.AllocsPerRun(tasks, func() {
			if err := p.TrySubmit(task); err != nil {
				t.Error(err)
			}
		}); got != 0 {
			t.Errorf("%v allocations for each queued task; want 0", got)
		}
	})
	t.Run("none to refuse", func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: -1})
		release := hold(t, p, 1)
		defer close(release)
		task := do(func() {})
		if got := testing.AllocsPerRun(100, func() { _ = p.TrySubmit(task) }); got != 0 {
			t.Errorf("%v allocations for each refusal; want 0", got)
		}
	})
	t.Run("none under overload", func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Discipline: pool.Adaptive, MaxWait: time.Nanosecond})
		release := hold(t, p, 1)
		defer close(release)
		task := do(func() {})
		task.Key = 1
		for range 1000 {
			_ = p.TrySubmit(task)
		}
		if got := testing.AllocsPerRun(1000, func() { _ = p.TrySubmit(task) }); got != 0 {
			t.Errorf("%v allocations for each; want 0", got)
		}
		if s := p.Stats(); s.Load.Episodes == 0 || sum(s.Dropped[:]) < 1000 {
			t.Errorf("got %+v; want all dropped", s)
		}
	})
	t.Run("one to start a worker", func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: -1})
		done := make(chan struct{}, 1)
		task := pool.Task{Run: func(context.Context, time.Time) {}, Done: func() { done <- struct{}{} }}
		if got := testing.AllocsPerRun(1000, func() {
			if err := p.TrySubmit(task); err != nil {
				t.Error(err)
			}
			<-done
		}); got > 1 {
			t.Errorf("%v allocations to submit and run; want at most 1", got)
		}
	})
}
