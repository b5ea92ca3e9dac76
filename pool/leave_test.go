package pool_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// law checks what must hold of tasks that leave, in every snapshot.
func law(t *testing.T, s pool.Stats) {
	t.Helper()
	var completed uint64
	for _, n := range s.Completed {
		completed += n
	}
	if s.Started != completed+uint64(s.Running+s.Away) || s.Running > s.Workers {
		t.Errorf("started %d, completed %d, running %d of %d, away %d", s.Started, completed, s.Running, s.Workers, s.Away)
	}
}

// Tasks that are away leave their workers to others, and come back before those
// that wait to be started.
func TestLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := pool.New(pool.Config{Workers: 2, Queue: 100})
		if err != nil {
			t.Fatal(err)
		}
		back := make(chan struct{})
		var order []string
		var mu sync.Mutex
		note := func(s string) { mu.Lock(); order = append(order, s); mu.Unlock() }
		for range 10 {
			p.TrySubmit(pool.Task{Run: func(ctx context.Context, _ time.Time) {
				if !p.Leave(ctx) || p.Leave(ctx) {
					t.Error("a task does not leave once")
				}
				<-back
				p.Return(ctx)
				p.Return(ctx)
				note("back")
				time.Sleep(time.Second)
			}})
		}
		synctest.Wait()
		if s := p.Stats(); s.Running != 0 || s.Away != 10 || s.Live != 0 {
			t.Errorf("%d run, %d are away, %d workers; want 0, 10, 0", s.Running, s.Away, s.Live)
		}
		law(t, p.Stats())
		for range 4 {
			p.TrySubmit(pool.Task{Run: func(ctx context.Context, _ time.Time) { note("new"); time.Sleep(time.Second) }})
		}
		synctest.Wait()
		if s := p.Stats(); s.Running != 2 || s.Away != 10 || s.Waiting != 2 {
			t.Errorf("%d run, %d are away, %d wait; want 2, 10, 2", s.Running, s.Away, s.Waiting)
		}
		close(back)
		for range 7 {
			synctest.Wait()
			law(t, p.Stats())
			time.Sleep(time.Second)
		}
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
		want := "[new new back back back back back back back back back back new new]"
		if got := fmt.Sprint(order); got != want {
			t.Errorf("order %v; want %v", got, want)
		}
		if s := p.Stats(); s.Busy != 14*time.Second || s.Away != 0 || s.LibraryFailures != 0 {
			t.Errorf("busy %v, %d away, %d failures; want 14s, none, none", s.Busy, s.Away, s.LibraryFailures)
		}
	})
}

// A task may end while it is away, in any way; Close waits for it.
func TestEndAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := pool.New(pool.Config{Workers: 1, Panicked: func(any, []byte) {}})
		if err != nil {
			t.Fatal(err)
		}
		var left context.Context
		for _, end := range []func(){func() {}, func() { panic("no") }, runtime.Goexit} {
			p.TrySubmit(pool.Task{Run: func(ctx context.Context, _ time.Time) {
				left = ctx
				p.Leave(ctx)
				time.Sleep(time.Minute)
				end()
			}})
			synctest.Wait()
		}
		ended, end := context.WithCancel(context.Background())
		end()
		if err := p.Close(ended); err == nil || !strings.Contains(err.Error(), "with 3 tasks running") {
			t.Errorf("Close whose context has ended: %v; want it to count those that are away", err)
		}
		start := time.Now()
		if err := p.Close(context.Background()); err != nil || time.Since(start) != time.Minute {
			t.Errorf("Close: %v after %v", err, time.Since(start))
		}
		if p.Leave(left) || p.Leave(context.Background()) {
			t.Error("what does not run has left")
		}
		p.Return(left)
		law(t, p.Stats())
	})
}

// Tasks that come and go all the time never run on more workers than there are.
func TestLeaveHammer(t *testing.T) {
	p, err := pool.New(pool.Config{Workers: 3, Queue: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var running atomic.Int64
	var all sync.WaitGroup
	for range 200 {
		all.Add(1)
		p.TrySubmit(pool.Task{Done: all.Done, Run: func(ctx context.Context, _ time.Time) {
			for range 50 {
				if n := running.Add(1); n > 4 {
					t.Errorf("%d run", n)
				}
				runtime.Gosched()
				running.Add(-1)
				p.Leave(ctx)
				runtime.Gosched()
				p.Return(ctx)
				law(t, p.Stats())
			}
		}})
	}
	all.Wait()
	if err := p.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if s := p.Stats(); s.Away != 0 || s.Running != 0 {
		t.Errorf("%d away, %d running at the end", s.Away, s.Running)
	}
}
