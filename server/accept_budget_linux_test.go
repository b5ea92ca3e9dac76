package server

import (
	"testing"
	"time"
)

// TestAcceptBudget checks the rate of accepting under overload, and that there
// is no limit otherwise.
func TestAcceptBudget(t *testing.T) {
	var b acceptBudget
	accepted := func(from, to time.Duration) (n int) {
		for now := from; now < to; now += 10 * time.Microsecond {
			if b.allows(now) {
				n++
			}
		}
		return n
	}
	if n := accepted(0, 100*time.Millisecond); n != 10_000 {
		t.Errorf("accepted %d without a limit; want all", n)
	}
	b.limited.Store(true)
	if n, want := accepted(time.Second, 2*time.Second), 4000+acceptBurst; n < want-2 || n > want+2 {
		t.Errorf("accepted %d in a second; want %d", n, want)
	}
}

// TestBacklogIsShortUnderOverload checks that listen(2) can be called again.
func TestBacklogIsShortUnderOverload(t *testing.T) {
	r := serving(t, &Server{}, sockets)
	limit := func() int {
		until(t, "it listens", func() bool { return len(r.Stats().Backlogs) == 1 })
		return r.Stats().Backlogs[0].Limit
	}
	usual := limit()
	acceptor := r.engine.acceptor.(*polling)
	until(t, "it is polled", func() bool {
		acceptor.mu.Lock()
		defer acceptor.mu.Unlock()
		return len(acceptor.listeners) == 1
	})
	r.engine.acceptor.overloaded(true)
	if n := limit(); n != overloadBacklog {
		t.Errorf("a backlog of %d under overload; want %d", n, overloadBacklog)
	}
	r.engine.acceptor.overloaded(false)
	if n := limit(); n != usual {
		t.Errorf("a backlog of %d after it; want %d", n, usual)
	}
}
