package pool_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// A deadline that has passed refuses a task, or drops it where it waits.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1})
		late := pool.Task{Run: func(context.Context, time.Time) { t.Error("a late task ran") }, Deadline: time.Now().Add(-1)}
		if err := p.TrySubmit(late); !errors.Is(err, pool.ErrDeadline) {
			t.Errorf("TrySubmit after the deadline: %v; want ErrDeadline", err)
		}
		release := hold(t, p, 1)
		synctest.Wait()
		var dropped []string
		drop := func(reason pool.DropReason, queued time.Time) {
			dropped = append(dropped, fmt.Sprint(reason, " ", time.Since(queued)))
		}
		ran := 0
		for _, patience := range []time.Duration{time.Second, time.Minute, time.Hour, 2 * time.Second} {
			try(t, p, pool.Task{
				Run:      func(context.Context, time.Time) { ran++ },
				Drop:     drop,
				Deadline: time.Now().Add(patience),
			})
		}
		time.Sleep(10 * time.Second)
		close(release)
		synctest.Wait()
		s := p.Stats()
		if want := []string{"deadline 1s", "deadline 2s"}; !slices.Equal(dropped, want) || ran != 2 {
			t.Errorf("dropped %v, ran %d; want %v, 2", dropped, ran, want)
		}
		if s.Dropped[pool.DropDeadline] != 2 || s.Rejected[pool.RejectDeadline] != 1 {
			t.Errorf("got %+v; want 2 dropped and 1 rejected", s)
		}
	})
}

// However tasks came to wait, and in whatever discipline, each is given up at its
// own deadline, though every worker is stuck.
func TestDeadlineWhileEveryWorkerIsStuck(t *testing.T) {
	for name, config := range map[string]pool.Config{
		"FIFO":           {Workers: 1, Queue: 3},
		"FIFO, patience": {Workers: 1, Queue: 3, MaxWait: time.Hour},
		"adaptive":       {Workers: 1, Queue: 3, Discipline: pool.Adaptive},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPool(t, config)
				release := hold(t, p, 1)
				synctest.Wait()
				var gone []time.Duration
				task := func(patience time.Duration) pool.Task {
					return pool.Task{
						Run:      func(context.Context, time.Time) { t.Error("a late task ran") },
						Deadline: time.Now().Add(patience),
						Drop: func(reason pool.DropReason, queued time.Time) {
							if gone = append(gone, time.Since(queued)); reason != pool.DropDeadline {
								t.Errorf("dropped for %v", reason)
							}
						},
					}
				}
				const ms = time.Millisecond
				try(t, p, task(120*ms)) // not the order in which they are due
				try(t, p, task(100*ms))
				try(t, p, task(110*ms))
				enqueue(t, p, task(90*ms)) // there is no room for these
				blocked := make(chan error, 1)
				go func() { blocked <- p.Submit(context.Background(), task(80*ms)) }()
				synctest.Wait()
				start := time.Now()
				if err := <-blocked; err != pool.ErrDeadline || time.Since(start) != 80*ms {
					t.Errorf("Submit: %v after %v; want %v after 80ms", err, time.Since(start), pool.ErrDeadline)
				}
				time.Sleep(time.Second)
				synctest.Wait()
				if want := []time.Duration{90 * ms, 100 * ms, 110 * ms, 120 * ms}; !slices.Equal(gone, want) {
					t.Errorf("given up after %v; want %v", gone, want)
				}
				if s := p.Stats(); s.Waiting+p.Blocked() != 0 || s.Dropped[pool.DropDeadline] != 4 || s.Rejected[pool.RejectDeadline] != 1 {
					t.Errorf("got %+v; want nobody waiting, 4 dropped and 1 rejected", s)
				}
				close(release)
			})
		})
	}
}

// Thousands of deadlines set a timer in each millisecond at most, and nobody is
// given up later than that.
func TestSweepsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 10_000})
		release := hold(t, p, 1)
		synctest.Wait()
		sweeps := make(map[time.Time]bool)
		for i := range 10_000 {
			deadline := time.Now().Add(time.Second + time.Duration(i)*time.Microsecond)
			try(t, p, pool.Task{
				Run:      func(context.Context, time.Time) { t.Error("a late task ran") },
				Deadline: deadline,
				Drop: func(pool.DropReason, time.Time) {
					sweeps[time.Now()] = true
					if late := time.Since(deadline); late > time.Millisecond {
						t.Errorf("given up %v late", late)
					}
				},
			})
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		close(release)
		if n := len(sweeps); n < 10 || n > 11 {
			t.Errorf("%d sweeps in 10 ms; want one in each", n)
		}
	})
}

// Whoever is told of a drop may submit, panic, or end its goroutine: all others
// are told too, one after the other and not one inside of the other.
func TestDropsAreAnsweredOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 1000, Panicked: func(any, []byte) {}})
		release := hold(t, p, 1)
		synctest.Wait()
		depth, deepest, told := 0, 0, 0
		late := func(n int) pool.Task {
			return pool.Task{
				Run:      func(context.Context, time.Time) { t.Error("a late task ran") },
				Deadline: time.Now().Add(time.Second),
				Drop: func(pool.DropReason, time.Time) {
					depth++
					defer func() { depth-- }()
					deepest = max(deepest, depth)
					told++
					switch n % 10 {
					case 0:
						enqueue(t, p, do(func() {}))
					case 1:
						panic("in Drop")
					case 2:
						runtime.Goexit()
					}
				},
			}
		}
		for n := range 100 {
			try(t, p, late(n))
		}
		time.Sleep(time.Minute)
		close(release)
		synctest.Wait()
		if s := p.Stats(); told != 100 || deepest != 1 || s.Completed[pool.ResultOK] != 11 {
			t.Errorf("%d told, %d deep, %+v; want 100, 1, and 11 tasks done", told, deepest, s)
		}
	})
}
