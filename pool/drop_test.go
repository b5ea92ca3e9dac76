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

// A deadline that has passed refuses a task, or drops it when its turn comes.
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
		if want := []string{"deadline 10s", "deadline 10s"}; !slices.Equal(dropped, want) || ran != 2 {
			t.Errorf("dropped %v, ran %d; want %v, 2", dropped, ran, want)
		}
		if s.Dropped[pool.DropDeadline] != 2 || s.Rejected[pool.RejectDeadline] != 1 {
			t.Errorf("got %+v; want 2 dropped and 1 rejected", s)
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
