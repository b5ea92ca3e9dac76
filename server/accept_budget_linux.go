package server

import (
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// Under overload, a tenth of the time is for new connections, each of which
	// costs about 25 µs to accept, refuse and close: as much as six refusals on
	// connections that there are. Without a budget, a flood of clients that
	// give up and connect anew takes all of it.
	acceptCost  = 25 * time.Microsecond
	acceptShare = 0.1

	// acceptBurst is what may be accepted at once after a pause.
	acceptBurst = 2 * acceptBatch

	// overloadBacklog is how many connections the kernel keeps for a listener
	// under overload. With the usual 4,096, who comes to be accepted has waited
	// for a second.
	overloadBacklog = 64
)

// An acceptBudget bounds the rate of accepting while it is limited. But for
// limited, it belongs to whoever runs a pass.
type acceptBudget struct {
	limited atomic.Bool
	tokens  float64
	at      time.Duration // when tokens were counted
}

// allows takes one connection from the budget.
func (b *acceptBudget) allows(now time.Duration) bool {
	if !b.limited.Load() {
		return true
	}
	b.tokens = math.Min(acceptBurst, b.tokens+acceptShare*float64(now-b.at)/float64(acceptCost))
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// overloaded has listeners keep a short backlog, which is accepted from within
// a budget, while the pool is overloaded. Calling listen(2) again on a socket
// that listens changes its backlog, and nothing else.
func (p *polling) overloaded(on bool) {
	p.budget.limited.Store(on)
	p.mu.Lock()
	defer p.mu.Unlock()
	poller := p.poller.Load()
	if poller == nil {
		return
	}
	poller.Deep(on)
	for _, l := range p.listeners {
		if l == nil {
			continue
		}
		backlog := overloadBacklog
		if !on {
			backlog = l.backlog
		}
		l.raw.Control(func(fd uintptr) { unix.Listen(int(fd), backlog) })
	}
	if !on {
		go poller.BeforeTask() // for those whom the budget has kept waiting
	}
}
