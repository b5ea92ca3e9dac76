package upstream

import (
	"errors"
	"sync"
	"time"
)

// errSlow is why a request was given up that its backend kept waiting.
var errSlow = errors.New("the backend did not answer in time")

// patience ends a request that its backend keeps waiting for too long. Only
// time that is spent waiting for the backend counts, and only without a break:
// each read of a body begins and ends a wait. It goes through two phases: the
// request is sent until the head of the response is there, then the response
// is read. What remains of the sending then is not watched any more, because
// the response is.
type patience struct {
	limit time.Duration // 0: endless

	mu    sync.Mutex
	timer *time.Timer
	phase phase
}

type phase uint8

const (
	sending phase = iota
	receiving
	settled
)

// newPatience begins to wait. At the limit it calls end, once.
func newPatience(limit time.Duration, end func()) *patience {
	p := &patience{limit: limit}
	if limit > 0 {
		p.timer = time.AfterFunc(limit, end)
	}
	return p
}

// wait begins a wait for the backend, and rest ends it, if the phase is still ph.
func (p *patience) wait(ph phase) { p.during(ph, func() { p.timer.Reset(p.limit) }) }
func (p *patience) rest(ph phase) { p.during(ph, func() { p.timer.Stop() }) }

// enter ends the wait for what went before ph.
func (p *patience) enter(ph phase) {
	if p.timer == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase = ph
	p.timer.Stop()
}

func (p *patience) during(ph phase, do func()) {
	if p.timer == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.phase == ph {
		do()
	}
}
