package server

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"millpond/pool"
)

// An engine is a Server at work: its settings and the parts that the stages
// share. Each part guards itself.
type engine struct {
	clock
	set         settings
	baseContext func(net.Listener) context.Context
	answers     answers
	counters    counters
	conns       table
	timers      *timers
	gate        *gate
	poller      *poller
	pool        *pool.Pool // nil in a direct model
	lane        *pool.Pool // likewise: the workers of the control lane
	ready       *readyList // nil unless a full queue blocks
	dates       dateCache
	inbounds    sync.Pool

	draining atomic.Bool
	cutting  atomic.Bool
	stopping chan struct{} // closed when no more connections are accepted
	stopMu   sync.Mutex    // held while that is brought about
	stopOnce sync.Once

	mu        sync.Mutex
	listeners map[*onceListener]struct{} // nil once stopping
}

func newEngine(s *Server) (*engine, error) {
	set, err := resolve(s)
	if err != nil {
		return nil, err
	}
	clock := startClock()
	e := &engine{
		clock:       clock,
		dates:       dateCache{clock: clock},
		set:         set,
		baseContext: s.BaseContext,
		answers:     newAnswers(),
		stopping:    make(chan struct{}),
		listeners:   map[*onceListener]struct{}{},
	}
	e.inbounds.New = newInbound
	e.conns.onLess = e.departed
	e.gate = newGate(e.gateMoved)
	e.timers = newTimers(&e.set, clock, e.timedOut)
	if e.direct() {
		return e, nil
	}
	return e, e.startPools(s.Pool)
}

// startPools makes what ModelPool works with.
func (e *engine) startPools(cfg pool.Config) (err error) {
	if e.set.overflow == OverflowBlock {
		e.ready = &readyList{engine: e}
		cfg.BlockedChanged = e.ready.blockedChanged
	}
	if e.poller, err = newPoller(e); err != nil {
		return err
	}
	cfg.BeforeTask = e.poller.beforeTask
	if cfg.Panicked == nil {
		cfg.Panicked = func(any, []byte) {} // serveRequest has logged it
	}
	if e.pool, err = pool.New(cfg); err != nil {
		return fmt.Errorf("server: Pool: %w", err)
	}
	if e.lane, err = pool.New(laneConfig); err != nil {
		return err
	}
	return nil
}

// gateMoved tells the poller; others wait at the gate.
func (e *engine) gateMoved() {
	if e.poller != nil {
		e.poller.gateMoved()
	}
}

// direct reports whether connections run their own requests.
func (e *engine) direct() bool { return e.set.model != ModelPool }

// timedOut is what becomes of a parked connection whose time is up. Where its
// link may wait, it must not keep the other timers waiting.
func (e *engine) timedOut(c *conn) {
	if c.link.waits() {
		go c.taken()
		return
	}
	c.taken()
}

// open makes l one of the listeners, and is false if the engine is stopping.
func (e *engine) open(l *onceListener) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.listeners == nil {
		return false
	}
	e.listeners[l] = struct{}{}
	return true
}

// takeListeners returns the listeners, once: no more are taken.
func (e *engine) takeListeners() map[*onceListener]struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.listeners
	e.listeners = nil
	return all
}

func (e *engine) forgetListener(l *onceListener) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.listeners, l)
}

// backlogs reads the kernel's queues.
func (e *engine) backlogs() (all []Backlog) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for l := range e.listeners {
		if b, ok := backlogOf(l.Listener); ok {
			all = append(all, b)
		}
	}
	return all
}
