package server

import (
	"context"
	"sync"
	"sync/atomic"
)

// A starter has the engine of a Server, and what is to become of it. It is safe
// for concurrent use.
type starter struct {
	noKeepAlives atomic.Bool

	// arriving is held, shared, by each Serve until its listener is known to the
	// engine: Shutdown has to find those who wait there.
	arriving sync.RWMutex

	mu         sync.Mutex // guards the rest
	engine     *engine    // made by the first Serve
	ended      phase      // that it is to begin with, as Shutdown or Close came first
	onShutdown []func()
}

// isEnding reports whether Shutdown or Close was called.
func (s *starter) isEnding() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended > phaseServing || s.engine != nil && s.engine.life.isDraining()
}

// started returns the engine, or nil before the first Serve.
func (s *starter) started() *engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine
}

// end has the server enter a phase towards its end. It returns the engine, or nil
// if it has not been started.
func (s *starter) end(p phase) *engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p == phaseDraining {
		for _, f := range s.onShutdown {
			go f()
		}
	}
	if s.engine == nil {
		s.ended = max(s.ended, p)
		return nil
	}
	s.engine.life.enter(phaseDraining)
	return s.engine
}

// awaitArrivals waits until every Serve that has begun accepts.
func (s *starter) awaitArrivals(ctx context.Context) {
	arrived := make(chan struct{})
	go func() {
		s.arriving.Lock()
		defer s.arriving.Unlock()
		close(arrived)
	}()
	select {
	case <-arrived:
	case <-ctx.Done():
	}
}

// onEnd has a shutdown call f as it begins.
func (s *starter) onEnd(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onShutdown = append(s.onShutdown, f)
}
