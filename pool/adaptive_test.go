package pool_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

const ms = time.Millisecond

// taskLog makes tasks that say what becomes of them.
type taskLog struct {
	mu      sync.Mutex
	ran     []int
	dropped map[int]string
}

func (l *taskLog) task(i int, run func()) pool.Task {
	return pool.Task{
		Run: func(context.Context, time.Time) {
			l.mu.Lock()
			l.ran = append(l.ran, i)
			l.mu.Unlock()
			run()
		},
		Drop: func(reason pool.DropReason, queued time.Time) {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.dropped == nil {
				l.dropped = make(map[int]string)
			}
			if was, ok := l.dropped[i]; ok {
				panic(fmt.Sprintf("task %d was dropped before: %s", i, was))
			}
			l.dropped[i] = fmt.Sprint(reason, " ", time.Since(queued))
		},
	}
}

// started are the tasks that ran, in order.
func (l *taskLog) started() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.ran)
}

// Nobody waits for longer than the patience, even if the workers are stuck and
// nothing else happens.
func TestStuckWorkersKeepNobodyWaiting(t *testing.T) {
	for _, test := range []struct {
		name   string
		config pool.Config
		want   string
	}{
		{"adaptive", pool.Config{Discipline: pool.Adaptive}, "waited_too_long 250ms"},
		{"with a patience", pool.Config{Discipline: pool.Adaptive, MaxWait: 3 * time.Second}, "waited_too_long 3s"},
		{"FIFO with a patience", pool.Config{MaxWait: 3 * time.Second}, "waited_too_long 3s"},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			test.config.Workers = 1
			p := newPool(t, test.config)
			release := hold(t, p, 1)
			synctest.Wait()
			var log taskLog
			for i := range 3 {
				try(t, p, log.task(i, func() {}))
				time.Sleep(10 * ms)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			for i := range 3 {
				if log.dropped[i] != test.want {
					t.Errorf("task %d: %s; want %s", i, log.dropped[i], test.want)
				}
			}
			if s := p.Stats(); s.Dropped[pool.DropWaited] != 3 || s.Waiting != 0 {
				t.Errorf("got %+v; want 3 dropped", s)
			}
			close(release)
		}))
	}
}

// While an overload lasts, the newest run first, the oldest are pushed out, and
// most of what comes is refused. It ends when the queue stays empty, and both ends
// are told with the figures between.
func TestEpisode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var began []string
		var ended []pool.Episode
		p := newPool(t, pool.Config{Workers: 1, Discipline: pool.Adaptive, Trace: &pool.Trace{
			OverloadBegan: func(class string) { began = append(began, class) },
			OverloadEnded: func(e pool.Episode) { ended = append(ended, e) },
		}})
		var log taskLog
		work := func() { time.Sleep(5 * ms) }
		// 400 tasks at once are two seconds of work, many times what is done
		// meanwhile: after 250 ms the oldest of those that are left has waited for
		// too long.
		for i := range 400 {
			try(t, p, log.task(i, work))
		}
		synctest.Wait()
		if s := p.Stats().Load; s.State != pool.Calm || s.Episodes != 0 {
			t.Errorf("at first %+v; want it calm", s)
		}
		time.Sleep(252 * ms)
		synctest.Wait()
		s := p.Stats()
		if s.Load.State != pool.Overloaded || s.Load.Episodes != 1 || s.Waiting > 50 {
			t.Errorf("after 252 ms %+v; want it overloaded, and 50 waiting at most", s)
		}
		if !slices.Equal(began, []string{"default"}) || len(ended) != 0 {
			t.Errorf("told of %v begun and %v ended; want the default class and none", began, ended)
		}
		newest, paced := 0, uint64(0)
		for i := range 200 { // ten times what the worker can do
			switch err := p.TrySubmit(log.task(1000+i, work)); err {
			case nil:
				newest = 1000 + i
			case pool.ErrPaced:
				paced++
			default:
				t.Fatal(err)
			}
			time.Sleep(ms / 2)
		}
		if s = p.Stats(); paced < 50 || s.Dropped[pool.DropPushedOut] < 50 || s.Waiting > 25 {
			t.Errorf("in the flood %d are paced and %+v; want 50 paced, 50 pushed out, and 25 waiting at most", paced, s)
		}
		time.Sleep(10 * ms)
		synctest.Wait()
		if ran := log.started(); slices.Index(ran, newest) != len(ran)-2 {
			t.Errorf("ran %v; want %d before the last one", ran, newest)
		}
		time.Sleep(100 * ms)
		synctest.Wait()
		s = p.Stats()
		if s.Load.State != pool.Calm || s.Load.Total == 0 || s.Load.Capacity < 190 || s.Load.Capacity > 210 {
			t.Errorf("in the end %+v; want it calm, and 200/s", s.Load)
		}
		if len(ended) != 1 {
			t.Fatalf("told of %d episodes ended; want 1", len(ended))
		}
		e := ended[0]
		if e.Class != "default" || e.Rejected[pool.RejectPaced] != paced || sum(e.Dropped[:]) != sum(s.Dropped[:]) || e.Started == 0 ||
			e.Lasted != s.Load.Total || e.Saved != 5*ms*time.Duration(sum(e.Dropped[:])) {
			t.Errorf("told of %+v; want what is in %+v", e, s)
		}
		if got := len(log.started()) + len(log.dropped) + int(paced); got != 600 {
			t.Errorf("%d tasks answered; want 600", got)
		}
	})
}

// A task that could not start before its deadline is refused.
func TestHopelessDeadline(t *testing.T) {
	for _, discipline := range []pool.Discipline{pool.FIFO, pool.Adaptive} {
		t.Run(discipline.String(), bubble(func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: 1, Discipline: discipline})
			work := do(func() { time.Sleep(10 * ms) })
			for range 10 {
				try(t, p, work)
			}
			time.Sleep(35 * ms) // six wait; the gap is known by now
			late, soon := work, work
			late.Deadline, soon.Deadline = time.Now().Add(50*ms), time.Now().Add(80*ms)
			if err := p.TrySubmit(late); !errors.Is(err, pool.ErrDeadline) {
				t.Errorf("50 ms before the deadline: %v; want ErrDeadline", err)
			}
			try(t, p, soon)
			time.Sleep(time.Second)
			if s := p.Stats(); s.Completed[pool.ResultOK] != 11 || s.Rejected[pool.RejectDeadline] != 1 {
				t.Errorf("got %+v; want 11 completed and one rejected", s)
			}
		}))
	}
}

// Whoever has waited is asked whether it still wants the result.
func TestGone(t *testing.T) {
	for _, test := range []struct {
		name    string
		waits   time.Duration
		gone    func() bool
		dropped uint64
		ran     uint64
	}{
		{"did not wait", 19 * ms, func() bool { return true }, 0, 1},
		{"has left", 20 * ms, func() bool { return true }, 1, 0},
		{"is there", 20 * ms, func() bool { return false }, 0, 1},
		{"panics", 20 * ms, func() bool { panic("in Gone") }, 0, 1},
		{"ends the goroutine", 20 * ms, func() bool { runtime.Goexit(); return false }, 1, 0},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			p := newPool(t, pool.Config{Workers: 1, Panicked: func(any, []byte) {}})
			try(t, p, do(func() { time.Sleep(test.waits) }))
			synctest.Wait()
			asked := pool.Stats{}
			var log taskLog
			task := log.task(0, func() {})
			task.Gone = func() bool {
				asked = p.Stats() // no lock is held
				checkLaws(t, asked)
				return test.gone()
			}
			try(t, p, task)
			try(t, p, log.task(1, func() {}))
			time.Sleep(time.Second)
			s := p.Stats()
			if s.Dropped[pool.DropGone] != test.dropped || s.Completed[pool.ResultOK] != test.ran+2 {
				t.Errorf("got %+v; want %d dropped, %d completed", s, test.dropped, test.ran+2)
			}
			if want := test.waits * time.Duration(test.dropped); s.Saved[pool.DropGone] != want {
				t.Errorf("%v of work saved; want %v, the mean", s.Saved[pool.DropGone], want)
			}
			if test.waits >= 20*ms && asked.Waiting != 2 {
				t.Errorf("%d waiting when asked; want 2, the one that is asked included", asked.Waiting)
			}
		}))
	}
}

// A goroutine that a callback ends while it holds a task leaves it to another.
func TestGoexitInDropLosesNoTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 1})
		release := hold(t, p, 1)
		synctest.Wait()
		late := do(func() { t.Error("a late task ran") })
		late.Deadline = time.Now().Add(time.Second)
		late.Drop = func(pool.DropReason, time.Time) { runtime.Goexit() }
		ran := 0
		for range 3 {
			try(t, p, late)
			try(t, p, do(func() { ran++ }))
		}
		time.Sleep(time.Minute)
		close(release)
		synctest.Wait()
		if ran != 3 {
			t.Errorf("%d tasks ran; want 3", ran)
		}
	})
}

// Map gets all items done, however many of its helpers are dropped.
func TestMapUnderOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t, pool.Config{Workers: 2, Discipline: pool.Adaptive})
		stop := make(chan struct{})
		go func() { // five times what the workers can do
			for {
				select {
				case <-stop:
					return
				case <-time.After(ms):
					_ = p.TrySubmit(do(func() { time.Sleep(10 * ms) }))
				}
			}
		}()
		time.Sleep(time.Second)
		got, err := pool.Map(t.Context(), p, numbers(30), func(_ context.Context, n int) (int, error) {
			time.Sleep(50 * ms)
			return 2 * n, nil
		})
		if err != nil || len(got) != 30 || got[29] != 58 {
			t.Errorf("got %v, %v; want 30 results", got, err)
		}
		close(stop)
		if s := p.Stats(); s.Dropped[pool.DropPushedOut]+s.Dropped[pool.DropWaited] == 0 {
			t.Errorf("nothing was dropped: %+v", s)
		}
	})
}
