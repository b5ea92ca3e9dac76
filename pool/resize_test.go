package pool_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"millpond/pool"
)

func TestResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 2, Queue: 8})
		expect := func(running, waiting int, when string) {
			t.Helper()
			synctest.Wait()
			s := p.Stats()
			checkLaws(t, s)
			if s.Running != running || s.Waiting != waiting || s.Queue != 8 {
				t.Errorf("%s: %d running, %d waiting, queue %d; want %d, %d, 8", when, s.Running, s.Waiting, s.Queue, running, waiting)
			}
		}
		resize := func(workers int) {
			t.Helper()
			if err := p.Resize(workers); err != nil {
				t.Error(err)
			}
		}
		release := hold(t, p, 10)
		expect(2, 8, "at the start")
		resize(4)
		expect(4, 6, "after growing: queued tasks start at once")
		resize(1)
		expect(4, 6, "after shrinking: nothing is interrupted")
		for running := 3; running >= 1; running-- {
			release <- struct{}{}
			expect(running, 6, "while the surplus ends: nothing starts")
		}
		release <- struct{}{}
		expect(1, 5, "below the limit again: the next one starts")
		resize(3)
		expect(3, 3, "after growing again")
		resize(3)
		if s := p.Stats(); s.ResizedUp != 2 || s.ResizedDown != 1 || s.Workers != 3 {
			t.Errorf("got %+v; want resized up 2, down 1, to 3", s)
		}
		close(release)
	})
}

func TestResizeFaults(t *testing.T) {
	p := newPool(t, pool.Config{Workers: 2})
	for _, workers := range []int{0, -1} {
		if err := p.Resize(workers); err == nil || !strings.Contains(err.Error(), "at least 1") {
			t.Errorf("Resize(%d): %v; want an error that says what is allowed", workers, err)
		}
	}
	if s := p.Stats(); s.Workers != 2 || s.ResizedDown != 0 {
		t.Errorf("got %+v; want nothing changed", s)
	}
}

// Growing makes room for submitters that wait.
func TestResizeAdmitsBlockedSubmitters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1, Queue: -1})
		gate := hold(t, p, 1)
		wait := make(chan struct{})
		for range 3 {
			go func() {
				if err := p.Submit(t.Context(), do(func() { <-wait })); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		if err := p.Resize(3); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := p.Stats(); s.Running != 3 || s.Submitted != 3 {
			t.Errorf("%d running, %d submitted; want 3, and one submitter still waiting", s.Running, s.Submitted)
		}
		close(gate)
		close(wait)
		synctest.Wait()
		if s := p.Stats(); s.Completed[pool.ResultOK] != 4 {
			t.Errorf("%d completed; want 4", s.Completed[pool.ResultOK])
		}
	})
}

// A worker that was on its way to a task when the pool shrank does not start it
// beyond the new limit.
func TestResizeStopsAWorkerOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		polls := 0
		poll := make(chan struct{})
		p := newPool(t, pool.Config{Workers: 2, BeforeTask: func() {
			if polls++; polls == 2 {
				<-poll
			}
		}})
		release := hold(t, p, 1)
		synctest.Wait()
		ran := false
		try(t, p, do(func() { ran = true }))
		synctest.Wait()
		if err := p.Resize(1); err != nil {
			t.Fatal(err)
		}
		close(poll)
		synctest.Wait()
		if s := p.Stats(); s.Running != 1 || s.Waiting != 1 {
			t.Errorf("%d running, %d waiting; want 1, 1", s.Running, s.Waiting)
		}
		close(release)
		synctest.Wait()
		if !ran {
			t.Error("the task that had to wait has lost its ticket")
		}
	})
}

// Whatever Resize does meanwhile, no task starts while as many run as the
// largest limit in force allows.
func TestResizeUnderLoad(t *testing.T) {
	const most = 6
	p := newPool(t, pool.Config{Workers: most, Queue: 50})
	var running gauge
	task := do(func() {
		running.enter()
		defer running.leave()
		if s := p.Stats(); s.Running > most {
			t.Errorf("%d running; want at most %d", s.Running, most)
		}
	})
	var submitters sync.WaitGroup
	for range 4 {
		submitters.Go(func() {
			for range 3000 {
				if err := p.Submit(t.Context(), task); err != nil {
					t.Error(err)
				}
			}
		})
	}
	stop := make(chan struct{})
	var resizer sync.WaitGroup
	resizer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := p.Resize(1 + rand.IntN(most)); err != nil {
					t.Error(err)
				}
			}
		}
	})
	submitters.Wait()
	close(stop)
	resizer.Wait()
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := p.Stats(); s.Completed[pool.ResultOK] != 12_000 || running.peak.Load() > most {
		t.Errorf("%d completed, %d at once; want 12000, at most %d", s.Completed[pool.ResultOK], running.peak.Load(), most)
	}
}
