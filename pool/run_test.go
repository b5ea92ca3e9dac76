package pool_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
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

func TestBeforeEachTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *pool.Pool
		var events []string // only the one worker touches it
		task := do(func() { events = append(events, "run") })
		polls := 0
		p = newPool(t, pool.Config{Workers: 1, Queue: 10, BeforeTask: func() {
			events = append(events, "before")
			if polls++; polls <= 3 { // what a poll finds is submitted from the hook
				try(t, p, task)
			}
		}})
		try(t, p, task)
		synctest.Wait()
		want := append(slices.Repeat([]string{"before", "run"}, 4), "before") // then there is none
		if !slices.Equal(events, want) {
			t.Errorf("got %v; want %v", events, want)
		}
	})
}

func TestWorkerSurvives(t *testing.T) {
	for _, test := range []struct {
		name     string
		run      func()
		result   pool.Result
		reported any
	}{
		{"a panic", func() { panic("boom") }, pool.ResultPanic, "boom"},
		{"a panic with nil", func() { panic(nil) }, pool.ResultPanic, nil},
		{"Goexit", runtime.Goexit, pool.ResultAborted, nil},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			var reports, completed, done int
			p := newPool(t, pool.Config{
				Workers: 1,
				Panicked: func(value any, stack []byte) {
					reports++
					if test.reported != nil && value != test.reported {
						t.Errorf("got panic %v; want %v", value, test.reported)
					}
					if !strings.Contains(string(stack), "run_test.go") {
						t.Errorf("the stack does not show who panicked:\n%s", stack)
					}
				},
				Trace: &pool.Trace{Completed: func(_ time.Duration, result pool.Result) {
					completed++
					if result != test.result {
						t.Errorf("got %v; want %v", result, test.result)
					}
				}},
			})
			for range 3 {
				try(t, p, pool.Task{
					Run:  func(context.Context, time.Time) { test.run() },
					Done: func() { done++ },
				})
			}
			synctest.Wait()
			s := p.Stats()
			if completed != 3 || done != 3 || s.Completed[test.result] != 3 || s.Running != 0 {
				t.Errorf("hook: %d, done: %d, stats: %+v; want 3 %vs and the worker back", completed, done, s, test.result)
			}
			if want := int(s.Completed[pool.ResultPanic]); reports != want {
				t.Errorf("%d panics reported; want %d", reports, want)
			}
		}))
	}
}

// Whoever is busy in a callback has given its worker back: the next task starts
// at once.
func TestCallbackHoldsNoTaskUp(t *testing.T) {
	for _, test := range []struct {
		name   string
		config pool.Config
		done   func()
	}{
		{"Done", pool.Config{Workers: 2}, func() { time.Sleep(time.Hour) }},
		{"Completed", pool.Config{Workers: 2, Trace: &pool.Trace{
			Completed: func(time.Duration, pool.Result) { time.Sleep(time.Hour) },
		}}, nil},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			p := newPool(t, test.config)
			try(t, p, pool.Task{Run: func(context.Context, time.Time) {}, Done: test.done})
			synctest.Wait()
			var waited time.Duration
			try(t, p, pool.Task{Run: func(_ context.Context, queued time.Time) { waited = time.Since(queued) }})
			synctest.Wait()
			if s := p.Stats(); s.Started != 2 || waited != 0 {
				t.Errorf("%d tasks started, the second after %v; want 2 at once", s.Started, waited)
			}
		}))
	}
}

// After Close nobody polls.
func TestNoBeforeTaskAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var polls atomic.Int64
		p := newPool(t, pool.Config{Workers: 1, BeforeTask: func() { polls.Add(1) }})
		release := hold(t, p, 1)
		synctest.Wait()
		closed := make(chan error)
		go func() { closed <- p.Close(context.Background()) }()
		synctest.Wait()
		close(release)
		if err := <-closed; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n := polls.Load(); n != 1 {
			t.Errorf("BeforeTask was called %d times; want once, before the task", n)
		}
	})
}

// A panic in a callback is reported, and keeps the pool from nothing: every task
// is answered, the worker lives, and the laws hold.
func TestCallbacksMayPanic(t *testing.T) {
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.DiscardHandler))
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		reports := make(map[any]int)
		boom := func(name string) func() { return func() { panic(name) } }
		p := newPool(t, pool.Config{
			Workers:        1,
			Queue:          -1,
			BeforeTask:     boom("before"),
			BlockedChanged: boom("blocked"),
			Panicked: func(value any, _ []byte) {
				mu.Lock()
				defer mu.Unlock()
				reports[value]++
				panic("and again")
			},
			Trace: &pool.Trace{
				Queued:    func(int) { panic("queued") },
				Started:   func(time.Duration) { panic("started") },
				Completed: func(time.Duration, pool.Result) { panic("completed") },
			},
		})
		gate, ran := make(chan struct{}), 0
		task := pool.Task{
			Run:  func(context.Context, time.Time) { <-gate; ran++ },
			Done: boom("done"),
		}
		try(t, p, task)
		synctest.Wait()
		if err := p.Enqueue(task); err != nil {
			t.Error(err)
		}
		close(gate)
		synctest.Wait()
		want := map[any]int{"before": 3, "blocked": 2, "queued": 2, "started": 2, "completed": 2, "done": 2}
		if s := p.Stats(); !maps.Equal(reports, want) || ran != 2 || s.Completed[pool.ResultOK] != 2 {
			t.Errorf("reports %v, %d ran, %+v; want %v, 2 and both ok", reports, ran, s, want)
		}
	})
}

// Without a hook for them, panics are logged.
func TestPanicsAreNotSilent(t *testing.T) {
	var log bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	p := newPool(t, pool.Config{Workers: 1})
	try(t, p, do(func() { panic("boom") }))
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), "run_test.go") {
		t.Errorf("the log has no panic with its stack: %s", &log)
	}
}

// A task's context answers as one that never ends and holds nothing.
func TestTaskContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1})
		within(t, p, func(ctx context.Context) {
			deadline, ok := ctx.Deadline()
			if ok || !deadline.IsZero() || ctx.Err() != nil || ctx.Done() != nil || ctx.Value("key") != nil {
				t.Errorf("got deadline %v, err %v, done %v; want none", deadline, ctx.Err(), ctx.Done())
			}
			child, cancel := context.WithCancel(ctx)
			cancel()
			if got, want := fmt.Sprint(child), "pool.Task.WithCancel"; got != want {
				t.Errorf("a derived context prints as %q; want %q", got, want)
			}
		})
	})
}

func TestQueuedIsWhenTheTaskWasAdmitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1})
		release := hold(t, p, 1)
		time.Sleep(time.Second)
		admitted := time.Now()
		try(t, p, pool.Task{Run: func(_ context.Context, queued time.Time) {
			if !queued.Equal(admitted) || time.Since(queued) != time.Minute {
				t.Errorf("queued at %v, %v ago; want %v, a minute ago", queued, time.Since(queued), admitted)
			}
		}})
		time.Sleep(time.Minute)
		close(release)
	})
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var depths []int
		var waits, runs []time.Duration
		p := newPool(t, pool.Config{Workers: 1, Trace: &pool.Trace{
			Queued:    func(depth int) { depths = append(depths, depth) },
			Started:   func(waited time.Duration) { waits = append(waits, waited) },
			Completed: func(ran time.Duration, _ pool.Result) { runs = append(runs, ran) },
		}})
		for range 3 {
			try(t, p, do(func() { time.Sleep(time.Second) }))
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		const s = time.Second
		if want := []int{1, 1, 2}; !slices.Equal(depths, want) {
			t.Errorf("depths %v; want %v", depths, want)
		}
		if want := []time.Duration{0, s, 2 * s}; !slices.Equal(waits, want) {
			t.Errorf("waited %v; want %v", waits, want)
		}
		if want := []time.Duration{s, s, s}; !slices.Equal(runs, want) {
			t.Errorf("ran %v; want %v", runs, want)
		}
	})
}
