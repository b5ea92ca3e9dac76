package pool_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

func TestStatsAges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 2, Queue: 4})
		gates := [3]chan struct{}{}
		for i := range gates {
			gates[i] = make(chan struct{})
			try(t, p, do(func() { <-gates[i] }))
			synctest.Wait()
			time.Sleep(time.Second)
		}
		// The first runs for 3 s, the second for 2 s, the third waits for 1 s.
		expect := func(oldest, longest, unfinished, busy time.Duration) {
			t.Helper()
			synctest.Wait()
			s := p.Stats()
			checkLaws(t, s)
			if s.OldestWaiting != oldest || s.LongestRunning != longest || s.Unfinished != unfinished || s.Busy != busy {
				t.Errorf("oldest waiting %v, longest running %v, unfinished %v, busy %v; want %v, %v, %v, %v",
					s.OldestWaiting, s.LongestRunning, s.Unfinished, s.Busy, oldest, longest, unfinished, busy)
			}
		}
		const s = time.Second
		expect(1*s, 3*s, 5*s, 5*s)
		close(gates[0])
		expect(0, 2*s, 2*s, 5*s)
		time.Sleep(s)
		expect(0, 3*s, 4*s, 7*s)
		close(gates[1])
		close(gates[2])
		expect(0, 0, 0, 7*s)
	})
}

// Every snapshot taken while everything happens at once obeys the laws and the
// bounds, no counter ever falls, and every task is answered once.
func TestLawsUnderLoad(t *testing.T) {
	const most, queue = 4, 6
	classes := []pool.Class{{Name: "a", Workers: 1}, {Name: "b", Workers: 1, Borrow: true, Priority: 1}}
	for name, config := range map[string]pool.Config{
		"FIFO":     {},
		"classes":  {Classes: classes},
		"adaptive": {Discipline: pool.Adaptive, MaxWait: time.Millisecond},
		"all":      {Discipline: pool.Adaptive, MaxWait: time.Millisecond, Classes: classes, Gate: pool.NewGate()},
	} {
		config.Workers, config.Queue, config.Panicked = most, queue, func(any, []byte) {}
		t.Run(name, func(t *testing.T) { lawsUnderLoad(t, config) })
	}
}

func lawsUnderLoad(t *testing.T, config pool.Config) {
	most, bound := config.Workers, (config.Workers+config.Queue)*(1+len(config.Classes))
	p := newPool(t, config)
	tasks := []pool.Task{
		do(func() {}),
		do(runtime.Gosched),
		do(func() { panic("boom") }),
		do(runtime.Goexit),
		do(func() { _ = p.TrySubmit(do(func() {})) }),
		{Run: func(ctx context.Context, _ time.Time) {
			_, _ = pool.Map(ctx, p, make([]int, 5), func(context.Context, int) (int, error) { return 0, nil })
		}},
		{Run: func(context.Context, time.Time) {}, Gone: func() bool { return true }},
		{Run: func(context.Context, time.Time) {}, Drop: func(pool.DropReason, time.Time) { _ = p.Enqueue(do(func() {})) }},
	}
	least := 1
	for _, c := range config.Classes {
		least += c.Workers
	}
	var taken, answered atomic.Int64
	count := func(task pool.Task) pool.Task {
		run, drop := task.Run, task.Drop
		task.Run = func(ctx context.Context, queued time.Time) {
			answered.Add(1)
			run(ctx, queued)
		}
		task.Drop = func(reason pool.DropReason, queued time.Time) {
			answered.Add(1)
			if drop != nil {
				drop(reason, queued)
			}
		}
		return task
	}
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for n := 0; n < 2000 || !seenAll(p.Stats()); n++ {
				task := count(tasks[rand.IntN(len(tasks))])
				task.Class, task.Key = rand.IntN(1+len(config.Classes)), rand.Uint64N(10)
				if rand.IntN(4) == 0 {
					task.Deadline = time.Now().Add(time.Duration(rand.IntN(50)) * time.Microsecond)
				}
				err := errors.New("none")
				switch rand.IntN(5) {
				case 0:
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(50))*time.Microsecond)
					err = p.Submit(ctx, task)
					cancel()
				case 1:
					_ = p.Resize(least + rand.IntN(most-least+1))
				case 2:
					if p.Blocked() < 10 {
						err = p.Enqueue(task)
					}
				default:
					err = p.TrySubmit(task)
				}
				if err == nil {
					taken.Add(1)
				}
				checkLaws(t, p.Stats())
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		load.Wait()
		close(ended)
	}()
	last := pool.Stats{}
	for running := true; running; {
		select {
		case <-ended:
			running = false
		default:
		}
		s := p.Stats()
		checkLaws(t, s)
		if s.Running > most || s.Running+s.Waiting > bound {
			t.Fatalf("%d running, %d waiting; want at most %d, together %d", s.Running, s.Waiting, most, bound)
		}
		if fell(last, s) || t.Failed() {
			t.Fatalf("a counter fell:\n%+v\n%+v", last, s)
		}
		last = s
		runtime.Gosched()
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if taken.Load() != answered.Load() {
		t.Errorf("%d tasks taken, %d answered", taken.Load(), answered.Load())
	}
}

// seenAll reports whether tasks have ended in every way, as a load is for: where the
// machine is busy, most are dropped.
func seenAll(s pool.Stats) bool {
	return s.Completed[pool.ResultOK] > 0 && s.Completed[pool.ResultPanic] > 0 && s.Completed[pool.ResultAborted] > 0
}

// fell reports whether a counter is lower in the later snapshot.
func fell(a, b pool.Stats) bool {
	for i := range a.Rejected {
		if b.Rejected[i] < a.Rejected[i] {
			return true
		}
	}
	for i := range a.Completed {
		if b.Completed[i] < a.Completed[i] {
			return true
		}
	}
	return b.Submitted < a.Submitted || b.Started < a.Started || b.Busy < a.Busy ||
		b.ResizedUp < a.ResizedUp || b.ResizedDown < a.ResizedDown
}
