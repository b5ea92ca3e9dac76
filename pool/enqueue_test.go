package pool_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// enqueue submits a task that must be taken.
func enqueue(t *testing.T, p *pool.Pool, task pool.Task) {
	t.Helper()
	if err := p.Enqueue(task); err != nil {
		t.Errorf("Enqueue: %v; want it taken", err)
	}
}

// Enqueue never blocks, and what it keeps outside is served in turn with those
// that are blocked in Submit, and before TrySubmit.
func TestEnqueueKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: 1})
		release := hold(t, p, 2)
		var ran []int // only the one worker touches it
		for i := range 6 {
			task := do(func() { ran = append(ran, i) })
			if i%2 == 0 {
				enqueue(t, p, task)
				continue
			}
			go func() {
				if err := p.Submit(t.Context(), task); err != nil {
					t.Error(err)
				}
			}()
			synctest.Wait()
		}
		s := p.Stats()
		if p.Blocked() != 6 || s.Submitted != 2 {
			t.Errorf("%d blocked, %d submitted; want 6, in no counter yet", p.Blocked(), s.Submitted)
		}
		if err := p.TrySubmit(do(func() {})); err != pool.ErrFull {
			t.Errorf("TrySubmit: %v; want ErrFull", err)
		}
		close(release)
		synctest.Wait()
		if want := []int{0, 1, 2, 3, 4, 5}; !slices.Equal(ran, want) || p.Blocked() != 0 {
			t.Errorf("ran %v, %d blocked; want %v, none", ran, p.Blocked(), want)
		}
	})
}

// BlockedChanged is called when the first has to wait outside, and when the last
// does not any more.
func TestBlockedChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *pool.Pool
		var seen []int
		p = newPool(t, pool.Config{Workers: 1, Queue: -1, BlockedChanged: func() { seen = append(seen, p.Blocked()) }})
		expect := func(when string, want ...int) {
			t.Helper()
			synctest.Wait()
			if !slices.Equal(seen, want) {
				t.Errorf("%s: called with %v blocked; want %v", when, seen, want)
			}
		}
		release := hold(t, p, 1)
		if err := p.TrySubmit(do(func() {})); err != pool.ErrFull {
			t.Error(err)
		}
		expect("after a refusal")
		gate := make(chan struct{})
		enqueue(t, p, do(func() { <-gate }))
		expect("after the first", 1)
		enqueue(t, p, do(func() {}))
		expect("after the second", 1)
		release <- struct{}{}
		expect("when one has got room", 1)
		close(gate)
		expect("when both have", 1, 0)
		release = hold(t, p, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _ = p.Submit(ctx, do(func() {})) }()
		expect("with a blocked Submit", 1, 0, 1)
		cancel()
		expect("when it gives up", 1, 0, 1, 0)
		enqueue(t, p, do(func() {}))
		expect("once more", 1, 0, 1, 0, 1)
		if err := p.Resize(2); err != nil {
			t.Error(err)
		}
		expect("when Resize makes room", 1, 0, 1, 0, 1, 0)
		release <- struct{}{}
	})
}

// A callee that submits more whenever nothing is blocked is told again each time,
// and never by a call inside of a call.
func TestBlockedChangedIsNeverLostNorNested(t *testing.T) {
	for _, test := range []struct {
		name           string
		workers, queue int
	}{
		{"one worker", 1, -1},
		{"two workers and a queue", 2, 3},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			const tasks = 5000
			var p *pool.Pool
			var feeding sync.Mutex
			left, ran := tasks, gauge{}
			feed := func() {
				if !feeding.TryLock() {
					t.Error("called inside of a call")
					return
				}
				defer feeding.Unlock()
				for ; left > 0 && p.Blocked() == 0; left-- {
					enqueue(t, p, do(ran.enter))
				}
			}
			p = newPool(t, pool.Config{Workers: test.workers, Queue: test.queue, BlockedChanged: feed})
			gate := make(chan struct{})
			for range test.workers + max(0, test.queue) + 1 {
				enqueue(t, p, do(func() { <-gate }))
			}
			close(gate)
			synctest.Wait()
			if got := ran.now.Load(); got != tasks {
				t.Errorf("%d tasks ran; want %d", got, tasks)
			}
		}))
	}
}

// A task that waited outside was queued when it came in.
func TestEnqueuedTaskIsQueuedWhenThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		depths := []int{}
		p := newPool(t, pool.Config{Workers: 1, Queue: 1, Trace: &pool.Trace{
			Queued: func(depth int) { depths = append(depths, depth) },
		}})
		release := hold(t, p, 2)
		synctest.Wait()
		enqueue(t, p, pool.Task{Run: func(_ context.Context, queued time.Time) {
			if waited := time.Since(queued); waited != time.Second {
				t.Errorf("queued for %v; want a second", waited)
			}
		}})
		time.Sleep(time.Minute)
		release <- struct{}{}
		time.Sleep(time.Second)
		release <- struct{}{}
		synctest.Wait()
		if len(depths) != 3 || depths[2] != 2 {
			t.Errorf("depths %v; want three, the last one 2", depths)
		}
	})
}
