package server

import (
	"sync"
	"sync/atomic"
)

// A starter has the engine of a Server, and what is to become of it. It is safe
// for concurrent use.
type starter struct {
	noKeepAlives atomic.Bool

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

// onEnd has a shutdown call f as it begins.
func (s *starter) onEnd(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onShutdown = append(s.onShutdown, f)
}
