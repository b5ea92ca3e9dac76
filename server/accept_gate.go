package server

import (
	"sync"
	"sync/atomic"
	"time"
)

// Reasons to keep the gate shut.
const (
	shutByCap     uint32 = 1 << iota // MaxConns are open
	shutByQueue                      // OverflowBlock, and the queue is full
	shutByFailure                    // accept failed: back off
	shutForGood                      // the server shuts down
)

// A gate stands before accept. While there is a reason to keep it shut, new
// connections wait in the kernel's backlog. It is safe for concurrent use.
type gate struct {
	reasons atomic.Uint32 // changed with mu held

	mu     sync.Mutex
	moved  *sync.Cond
	since  time.Time // when it was shut; zero while it is open, or shut for good
	paused time.Duration
	onMove func() // called with mu held
}

func newGate(onMove func()) *gate {
	g := &gate{onMove: onMove}
	g.moved = sync.NewCond(&g.mu)
	return g
}

// isShut reports whether one of reasons keeps the gate shut.
func (g *gate) isShut(reasons uint32) bool { return g.reasons.Load()&reasons != 0 }

// shut adds a reason.
func (g *gate) shut(reason uint32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.set(reason, true)
}

// open takes a reason away.
func (g *gate) open(reason uint32) { g.update(reason, func() bool { return false }) }

// update makes the gate follow whether a reason holds: nobody can change it
// between the question and what follows from it.
func (g *gate) update(reason uint32, holds func() bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.set(reason, holds())
}

// set is called with mu held.
func (g *gate) set(reason uint32, on bool) {
	old := g.reasons.Load()
	now := old &^ reason
	if on {
		now |= reason
	}
	g.reasons.Store(now)
	if old == now {
		return
	}
	switch paused := now != 0 && now&shutForGood == 0; {
	case paused && g.since.IsZero():
		g.since = time.Now()
	case !paused && !g.since.IsZero():
		g.paused += time.Since(g.since)
		g.since = time.Time{}
	}
	g.onMove()
	g.moved.Broadcast()
}

// await waits until the gate is open, and reports false if it is shut for
// good.
func (g *gate) await() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		switch reasons := g.reasons.Load(); {
		case reasons&shutForGood != 0:
			return false
		case reasons == 0:
			return true
		}
		g.moved.Wait()
	}
}

// pausedFor is how long the gate has been shut so far, a shutdown not counted.
func (g *gate) pausedFor() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.since.IsZero() {
		return g.paused
	}
	return g.paused + time.Since(g.since)
}
