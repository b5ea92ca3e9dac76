package server

import (
	"fmt"

	"millpond/pool"
	"millpond/server/internal/http1"
)

func newEngine(s *Server) (*engine, error) {
	set, err := s.settings()
	if err != nil {
		return nil, err
	}
	clock := http1.StartClock()
	e := &engine{settings: set, probes: newProbes(), refusals: s.Refusals.prebuild(), life: newLifecycle()}
	e.http = http1.Config{
		MaxHead: set.maxHead, MaxBody: set.maxBody,
		ReadTimeout: set.readTimeout, WriteTimeout: set.writeTimeout,
		Pooled: set.model == ModelPool, MinRate: set.minRate, WriteBuffer: set.writeBuffer, Memory: http1.NewBudget(set.bufferMemory),
		Log: set.log, Clock: clock, Dates: new(http1.Dates), Closing: e.isClosing, NoOptions: set.noOptions, Answer: e.answerTo,
	}
	e.overload.now, e.overload.log = e.now, set.log
	e.streams.limit = int64(set.streams)
	e.requests.New = newRequest
	e.conns.onLess = e.departed
	e.acceptor = unpolled{}
	if set.model == ModelPool {
		e.acceptor = newAcceptor(e)
	}
	e.gate = newGate(e.gateMoved)
	e.timers = newTimers(&e.settings, clock, e.moveOn)
	if set.model != ModelPool {
		e.dispatch, e.resume = (*conn).serveHere, (*conn).interrupt
		return e, nil
	}
	e.dispatch, e.resume = (*conn).submit, (*conn).drive
	return e, e.startPools(s.Pool)
}

// startPools makes what ModelPool works with.
func (e *engine) startPools(cfg pool.Config) (err error) {
	if cfg = e.poolConfig(cfg); e.overflow == OverflowBlock {
		e.dispatch = (*conn).enqueue
		cfg.BlockedChanged = both(e.blockedChanged, cfg.BlockedChanged)
	}
	cfg.Trace = e.overload.trace(cfg.Trace)
	cfg.BeforeTask = both(e.beforeTask, cfg.BeforeTask)
	cfg.Panicked = e.poolPanicked(cfg.Panicked)
	if e.pools.work, err = pool.New(cfg); err != nil {
		return fmt.Errorf("server: Pool: %w", err)
	}
	control := controlPool
	control.BeforeTask, control.Panicked = e.acceptor.beforeTask, e.poolPanicked(nil)
	e.overload.load = func() pool.Load { return e.pools.work.Stats().Load }
	e.overload.follow = e.acceptor.overloaded
	e.pools.control, err = pool.New(control)
	return err
}

// beforeTask readies a worker for a request, and lets the poller have a turn.
func (e *engine) beforeTask() {
	growStack(false)
	e.acceptor.beforeTask()
}

// both calls first and then, if there is one, the user's own hook.
func both(first, users func()) func() {
	if users == nil {
		return first
	}
	return func() { first(); users() }
}

// gateMoved tells the acceptor, and who lets the rest in; others wait at the gate.
func (e *engine) gateMoved() {
	if e.life.isDraining() {
		e.life.roomCame()
	}
	e.acceptor.gateMoved()
}
