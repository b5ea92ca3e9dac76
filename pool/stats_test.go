package pool_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync"
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
// bounds, and no counter ever falls.
func TestLawsUnderLoad(t *testing.T) {
	const most, queue = 4, 6
	p := newPool(t, pool.Config{Workers: most, Queue: queue, Panicked: func(any, []byte) {}})
	tasks := []pool.Task{
		do(func() {}),
		do(runtime.Gosched),
		do(func() { panic("boom") }),
		do(runtime.Goexit),
		do(func() { _ = p.TrySubmit(do(func() {})) }),
		{Run: func(ctx context.Context, _ time.Time) {
			_, _ = pool.Map(ctx, p, make([]int, 5), func(context.Context, int) (int, error) { return 0, nil })
		}},
	}
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for range 2000 {
				task := tasks[rand.IntN(len(tasks))]
				switch rand.IntN(4) {
				case 0:
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(50))*time.Microsecond)
					_ = p.Submit(ctx, task)
					cancel()
				case 1:
					_ = p.Resize(1 + rand.IntN(most))
				default:
					_ = p.TrySubmit(task)
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
	snapshots, last := 0, pool.Stats{}
	for running := true; running; snapshots++ {
		select {
		case <-ended:
			running = false
		default:
		}
		s := p.Stats()
		checkLaws(t, s)
		if s.Running > most || s.Running+s.Waiting > most+queue {
			t.Fatalf("%d running, %d waiting; want at most %d, together %d", s.Running, s.Waiting, most, most+queue)
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
	s := p.Stats()
	if snapshots < 10 || s.Completed[pool.ResultPanic] == 0 || s.Completed[pool.ResultAborted] == 0 || s.Rejected[pool.RejectFull] == 0 {
		t.Errorf("%d snapshots, %+v; the load did not do what it is for", snapshots, s)
	}
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
