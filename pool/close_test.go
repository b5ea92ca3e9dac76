package pool_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

func TestCloseRunsWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 2, Queue: 10})
		ran := gauge{}
		for range 12 {
			try(t, p, do(func() {
				time.Sleep(time.Second)
				ran.enter()
			}))
		}
		start := time.Now()
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := ran.now.Load(); got != 12 || time.Since(start) != 6*time.Second {
			t.Errorf("%d tasks ran in %v; want 12 in 6s", got, time.Since(start))
		}
		if err := p.TrySubmit(do(func() {})); !errors.Is(err, pool.ErrClosed) {
			t.Errorf("TrySubmit after Close: %v; want ErrClosed", err)
		}
		if err := p.Submit(t.Context(), do(func() {})); !errors.Is(err, pool.ErrClosed) {
			t.Errorf("Submit after Close: %v; want ErrClosed", err)
		}
		if got := p.Stats().Rejected[pool.RejectClosed]; got != 2 {
			t.Errorf("%d rejected as closed; want 2", got)
		}
	})
}

func TestCloseOfAnIdlePoolIgnoresItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // select chooses at random
		p := newPool(t, pool.Config{})
		if err := p.Close(ctx); err != nil {
			t.Fatalf("got %v; want nil, since there is nothing to wait for", err)
		}
	}
}

func TestCloseWakesBlockedSubmitters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: -1})
		release := hold(t, p, 1)
		var refused gauge
		for range 5 {
			go func() {
				err := p.Submit(t.Context(), do(func() { t.Error("a refused task ran") }))
				if !errors.Is(err, pool.ErrClosed) {
					t.Errorf("got %v; want ErrClosed", err)
				}
				refused.enter()
			}()
		}
		synctest.Wait()
		go p.Close(t.Context())
		synctest.Wait()
		if got := refused.now.Load(); got != 5 {
			t.Errorf("%d submitters were woken; want 5, while the task still runs", got)
		}
		close(release)
	})
}

// Past the deadline every queued task is answered by Close itself, although
// both workers are stuck.
func TestCloseDropsWhenItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		traced := 0
		panics := 0
		p := newPool(t, pool.Config{
			Workers:  2,
			Queue:    10,
			Panicked: func(any, []byte) { panics++ },
			Trace: &pool.Trace{Dropped: func(waited time.Duration, reason pool.DropReason) {
				traced++
				if waited != 31*time.Second || reason != pool.DropShutdown {
					t.Errorf("dropped after %v because of %v; want 31s, shutdown", waited, reason)
				}
			}},
		})
		stuck := hold(t, p, 2)
		dropped := make(map[int]int)
		for i := range 10 {
			try(t, p, pool.Task{
				Run: func(context.Context, time.Time) { t.Errorf("task %d ran", i) },
				Drop: func(reason pool.DropReason, queued time.Time) {
					dropped[i]++
					if reason != pool.DropShutdown || time.Since(queued) != 31*time.Second {
						t.Errorf("task %d: %v after %v; want shutdown after 31s", i, reason, time.Since(queued))
					}
					if i == 3 {
						panic("must not keep the others from their answer")
					}
				},
			})
		}
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		err := p.Close(ctx)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v; want the deadline", err)
		}
		if len(dropped) != 10 || traced != 10 || panics != 1 {
			t.Errorf("dropped %v, %d traced, %d panics; want each of ten once, and 1", dropped, traced, panics)
		}
		s := p.Stats()
		checkLaws(t, s)
		if s.Running != 2 || s.Waiting != 0 || s.Dropped[pool.DropShutdown] != 10 {
			t.Errorf("got %+v; want 2 running, none waiting, 10 dropped", s)
		}
		if again := p.Close(ctx); again == nil {
			t.Error("a second Close did not say that tasks still run")
		}
		close(stuck)
		if err := p.Close(t.Context()); err != nil {
			t.Errorf("Close after the tasks have ended: %v", err)
		}
		synctest.Wait() // spare tickets find nothing
		if s := p.Stats(); s.Started != 2 {
			t.Errorf("%d started; want 2", s.Started)
		}
	})
}

func TestCloseWaitsForCallbacks(t *testing.T) {
	for _, test := range []struct {
		name   string
		before func() // what happens before Close
	}{
		{"called before the task", func() {}},
		{"called during the callback", synctest.Wait},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: 1})
			finished := false
			try(t, p, pool.Task{
				Run: func(context.Context, time.Time) {},
				Done: func() {
					time.Sleep(time.Minute)
					finished = true
				},
			})
			test.before()
			if err := p.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !finished {
				t.Error("Close returned while a callback was running")
			}
		}))
	}
}

// A Close that waits is told when another has dropped what it waits for.
func TestCloseSeesTheDropsOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		poll := make(chan struct{})
		p := newPool(t, pool.Config{Workers: 1, BeforeTask: func() { <-poll }})
		try(t, p, do(func() { t.Error("a dropped task ran") }))
		patient := make(chan error)
		go func() { patient <- p.Close(context.Background()) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("impatient Close: %v; want its cause", err)
		}
		if err := <-patient; err != nil {
			t.Errorf("patient Close: %v", err)
		}
		close(poll)
	})
}

// A task of Enqueue that Close finds outside is run while there is time, and
// dropped after that.
func TestCloseAndBlockedTasks(t *testing.T) {
	for _, test := range []struct {
		name         string
		ran, dropped int
	}{
		{"there is time", 3, 0},
		{"the context ends", 1, 2},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: 1, Queue: -1})
			ran, dropped, gate := 0, 0, make(chan struct{})
			task := pool.Task{
				Run: func(context.Context, time.Time) { <-gate; ran++ },
				Drop: func(reason pool.DropReason, queued time.Time) {
					if dropped++; reason != pool.DropShutdown || time.Since(queued) != time.Minute {
						t.Errorf("dropped as %v after %v; want shutdown after a minute", reason, time.Since(queued))
					}
				},
			}
			for range 3 {
				if err := p.Enqueue(task); err != nil {
					t.Error(err)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			closed := make(chan error)
			go func() { closed <- p.Close(ctx) }()
			synctest.Wait()
			if err := p.Enqueue(task); !errors.Is(err, pool.ErrClosed) {
				t.Errorf("Enqueue after Close: %v; want ErrClosed", err)
			}
			if test.dropped == 0 {
				close(gate)
				if err := <-closed; err != nil {
					t.Error(err)
				}
			} else {
				if err := <-closed; !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Close: %v; want the deadline", err)
				}
				close(gate)
				synctest.Wait()
			}
			s := p.Stats()
			checkLaws(t, s)
			if ran != test.ran || dropped != test.dropped || int(s.Dropped[pool.DropShutdown]) != dropped || p.Blocked() != 0 {
				t.Errorf("%d ran, %d dropped, %d blocked, %+v; want %d, %d, 0", ran, dropped, p.Blocked(), s, test.ran, test.dropped)
			}
		}))
	}
}

// However Close meets a stream of submissions: what was admitted is answered,
// once.
func TestCloseRacesSubmissions(t *testing.T) {
	for range 50 {
		p := newPool(t, pool.Config{Workers: 2, Queue: 8})
		var admitted, answered gauge
		task := pool.Task{
			Run:  func(context.Context, time.Time) { answered.enter() },
			Drop: func(pool.DropReason, time.Time) { answered.enter() },
		}
		var submitters sync.WaitGroup
		for range 4 {
			submitters.Go(func() {
				for {
					err := p.Submit(t.Context(), task)
					if errors.Is(err, pool.ErrClosed) {
						return
					}
					admitted.enter()
					runtime.Gosched()
				}
			})
		}
		ctx, cancel := context.WithCancel(t.Context())
		submitters.Go(func() {
			for p.Stats().Submitted < 20 {
				runtime.Gosched()
			}
			cancel()
			_ = p.Close(ctx) // drops, unless it finds the pool idle
		})
		submitters.Wait()
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := answered.now.Load(), admitted.now.Load(); got != want {
			t.Fatalf("%d tasks answered; want the %d admitted", got, want)
		}
	}
}
