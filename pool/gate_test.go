package pool_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/pool"
)

// processors is a Gate on machines that a test makes up.
type processors struct {
	n        int
	runnable atomic.Int64
	asked    atomic.Int64
}

func (p *processors) gate() (int, int) {
	p.asked.Add(1)
	return int(p.runnable.Load()), p.n
}

// Workers start one after the other as long as the processors have time, and not
// at all when they have not; then they are asked again after 2 ms.
func TestGate(t *testing.T) {
	for _, test := range []struct {
		name       string
		processors int
		min        int
		runnable   int64
		want       int // workers of 16 that run
	}{
		{"idle", 1, 0, 0, 16},
		{"busy", 1, 0, 1, 1},
		{"two processors, idle", 2, 0, 1, 16},
		{"two processors, busy", 2, 0, 2, 2},
		{"min", 2, 5, 2, 5},
		{"more processors than workers", 64, 0, 64, 16},
	} {
		t.Run(test.name, bubble(func(t *testing.T) {
			machine := processors{n: test.processors}
			machine.runnable.Store(test.runnable)
			p := newPool(t, pool.Config{Workers: 16, Queue: 100, Gate: machine.gate, MinWorkers: test.min})
			gate := make(chan struct{})
			for range 40 {
				try(t, p, do(func() { <-gate }))
			}
			synctest.Wait()
			if s := p.Stats(); s.Running != test.want || s.Live != test.want {
				t.Errorf("%d running, %d live; want %d", s.Running, s.Live, test.want)
			}
			asked := machine.asked.Load()
			time.Sleep(10*ms + 1)
			if n := machine.asked.Load() - asked; test.want < 16 && n != 5 {
				t.Errorf("asked %d times in 10 ms; want 5", n)
			}
			machine.runnable.Store(0)
			time.Sleep(3 * ms)
			if s := p.Stats(); s.Running != 16 || (s.GateHeld > 0) != (test.want < 16) {
				t.Errorf("%d running when the processors have time, held %d times; want 16", s.Running, s.GateHeld)
			}
			close(gate)
			synctest.Wait()
			if s := p.Stats(); s.Completed[pool.ResultOK] != 40 || s.Live != 0 {
				t.Errorf("%d completed, %d live; want 40, none", s.Completed[pool.ResultOK], s.Live)
			}
		}))
	}
}

// A worker that looks for a task when the processors are crowded is retired, down
// to as many as there are processors.
func TestGateRetires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		machine := processors{n: 2}
		p := newPool(t, pool.Config{Workers: 16, Queue: 100, Gate: machine.gate})
		for range 100 {
			try(t, p, do(func() { time.Sleep(10 * ms) }))
		}
		time.Sleep(5 * ms)
		machine.runnable.Store(4)
		time.Sleep(10 * ms)
		if s := p.Stats(); s.Running != 16 || s.GateRetired != 0 {
			t.Errorf("%d running, %d retired; want 16, none at twice the processors", s.Running, s.GateRetired)
		}
		machine.runnable.Store(5)
		time.Sleep(10 * ms)
		if s := p.Stats(); s.Running != 2 || s.GateRetired != 14 {
			t.Errorf("%d running, %d retired; want 2, 14 above that", s.Running, s.GateRetired)
		}
		time.Sleep(time.Second)
		if s := p.Stats(); s.Completed[pool.ResultOK] != 100 {
			t.Errorf("%d completed; want 100", s.Completed[pool.ResultOK])
		}
	})
}

// However busy the processors are, a class of which nothing runs gets a worker
// when its turn is next.
func TestGateLetsEveryClassRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		machine := processors{n: 1}
		machine.runnable.Store(9)
		p := newPool(t, pool.Config{Workers: 16, Queue: 100, Gate: machine.gate, Classes: []pool.Class{
			{Name: "slow", Workers: 4, Priority: -1},
		}})
		gate := make(chan struct{})
		for range 10 {
			try(t, p, in(1, do(func() { <-gate })))
		}
		synctest.Wait()
		ran := 0
		for range 10 {
			try(t, p, do(func() { ran++ }))
		}
		synctest.Wait()
		if running, _ := classes(t, p); running[1] != 1 || ran != 10 {
			t.Errorf("%v running, %d quick ones ran; want one slow one, and 10", running, ran)
		}
		close(gate)
	})
}

// The scheduler answers, and costs nothing to ask.
func TestNewGate(t *testing.T) {
	gate := pool.NewGate()
	if runnable, processors := gate(); runnable < 0 || processors < 1 {
		t.Errorf("got %d, %d", runnable, processors)
	}
	if n := testing.AllocsPerRun(100, func() { gate() }); n != 0 {
		t.Errorf("%v allocations; want none", n)
	}
}

// A Gate that panics holds no worker back, and what it panics with is reported.
func TestGatePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reports atomic.Int64
		p := newPool(t, pool.Config{
			Workers: 4, Queue: 10,
			Gate:     func() (int, int) { panic("boom") },
			Panicked: func(any, []byte) { reports.Add(1) },
		})
		free := make(chan struct{})
		for range 4 {
			try(t, p, do(func() { <-free }))
		}
		synctest.Wait()
		if s := p.Stats(); s.Running != 4 || reports.Load() == 0 {
			t.Errorf("%d running, %d reports; want 4, some", s.Running, reports.Load())
		}
		close(free)
	})
}
