package pool_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// newPool returns a pool that the test has to leave drained: it is closed, and
// the laws are checked, when the test ends.
func newPool(t *testing.T, config pool.Config) *pool.Pool {
	t.Helper()
	p, err := pool.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
		s := p.Stats()
		checkLaws(t, s)
		if s.Running != 0 || s.Waiting != 0 {
			t.Errorf("after Close: %d running, %d waiting; want none", s.Running, s.Waiting)
		}
	})
	return p
}

// bubble runs the test in a synctest bubble: time is fake, and a test that can
// make no progress fails at once instead of hanging.
func bubble(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, test) }
}

// do makes a task of a function.
func do(f func()) pool.Task {
	return pool.Task{Run: func(context.Context, time.Time) { f() }}
}

// try submits a task for which there has to be room.
func try(t *testing.T, p *pool.Pool, task pool.Task) {
	t.Helper()
	if err := p.TrySubmit(task); err != nil {
		t.Errorf("TrySubmit: %v; want room", err)
	}
}

// hold submits n tasks that run until they are let go, one per receive.
func hold(t *testing.T, p *pool.Pool, n int) (letGo chan<- struct{}) {
	t.Helper()
	gate := make(chan struct{})
	for range n {
		try(t, p, do(func() { <-gate }))
	}
	return gate
}

func sum[S ~[]uint64](counters S) (total uint64) {
	for _, c := range counters {
		total += c
	}
	return total
}

// checkLaws checks what has to hold in every snapshot.
func checkLaws(t *testing.T, s pool.Stats) {
	t.Helper()
	rejected, dropped, completed := sum(s.Rejected[:]), sum(s.Dropped[:]), sum(s.Completed[:])
	admitted := s.Submitted - rejected
	if want := s.Started + dropped + uint64(s.Waiting); admitted != want {
		t.Errorf("admitted = %d, but started + dropped + waiting = %d in %+v", admitted, want, s)
	}
	if want := completed + uint64(s.Running); s.Started != want {
		t.Errorf("started = %d, but completed + running = %d in %+v", s.Started, want, s)
	}
	if s.Running == 0 && (s.Unfinished != 0 || s.LongestRunning != 0) {
		t.Errorf("nothing runs, but there are ages in %+v", s)
	}
	if s.OldestWaiting < 0 || s.LongestRunning < 0 || s.Unfinished < s.LongestRunning || s.Busy < s.Unfinished {
		t.Errorf("times contradict each other in %+v", s)
	}
	var running, waiting int
	var submitted, started uint64
	for _, c := range s.Classes {
		running, waiting = running+c.Running, waiting+c.Waiting
		submitted, started = submitted+c.Submitted, started+c.Started
		admitted := c.Submitted - sum(c.Rejected[:])
		if admitted != c.Started+sum(c.Dropped[:])+uint64(c.Waiting) || c.Started != sum(c.Completed[:])+uint64(c.Running) {
			t.Errorf("the laws do not hold for class %+v", c)
		}
	}
	if running != s.Running || waiting != s.Waiting || submitted != s.Submitted || started != s.Started {
		t.Errorf("the classes do not add up in %+v", s)
	}
	if s.LibraryFailures != 0 {
		t.Errorf("%d library failures; want none", s.LibraryFailures)
	}
}

// gauge counts what is at work at once, and keeps the peak.
type gauge struct{ now, peak atomic.Int64 }

func (g *gauge) enter() {
	now := g.now.Add(1)
	for {
		peak := g.peak.Load()
		if now <= peak || g.peak.CompareAndSwap(peak, now) {
			return
		}
	}
}

func (g *gauge) leave() { g.now.Add(-1) }
