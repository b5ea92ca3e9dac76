package server

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestGate checks that the gate is shut while there is any reason, and for how
// long it says that it was.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		moves := 0
		g := newGate(func() { moves++ })
		step := func(wantMoves int, wantPaused time.Duration) {
			t.Helper()
			if moves != wantMoves || g.pausedFor() != wantPaused {
				t.Errorf("moved %d times, paused for %v; want %d, %v", moves, g.pausedFor(), wantMoves, wantPaused)
			}
		}
		g.open(shutByCap)
		step(0, 0)
		g.shut(shutByCap)
		g.shut(shutByQueue)
		g.shut(shutByCap)
		step(2, 0)
		passed := make(chan bool, 1)
		go func() { passed <- g.await() }()
		time.Sleep(time.Second)
		g.open(shutByCap)
		step(3, time.Second)
		g.update(shutByQueue, func() bool { return true })
		time.Sleep(time.Second)
		synctest.Wait()
		if len(passed) != 0 {
			t.Error("await returned while the gate was shut")
		}
		g.open(shutByQueue)
		if !<-passed {
			t.Error("await says that it is shut for good")
		}
		time.Sleep(time.Second)
		step(4, 2*time.Second)
		g.shut(shutForGood)
		time.Sleep(time.Second)
		for _, change := range []func(uint32){g.shut, g.open} {
			change(shutByCap)
			if g.await() { // it does not wait for the other reason to go
				t.Error("await says that it is open")
			}
		}
		step(7, 2*time.Second)
	})
}

// TestGateShutForGoodForgetsNoPause has a shutdown come while the gate is shut: the
// time until then stays counted, as what a counter says never shrinks.
func TestGateShutForGoodForgetsNoPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(func() {})
		g.shut(shutByQueue)
		time.Sleep(time.Second)
		g.shut(shutForGood)
		time.Sleep(time.Second)
		for range 2 {
			if got := g.pausedFor(); got != time.Second {
				t.Errorf("paused for %v, want 1s", got)
			}
			g.open(shutByQueue)
		}
	})
}
