package server

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
)

// ListenAndServe is [http.ListenAndServe] with a Server that has nothing but an
// address and a handler.
func ListenAndServe(addr string, handler http.Handler) error {
	return (&Server{Addr: addr, Handler: handler}).ListenAndServe()
}

// Serve is [http.Serve] with a Server that has nothing but a handler.
func Serve(l net.Listener, handler http.Handler) error {
	return (&Server{Handler: handler}).Serve(l)
}

// ListenAndServe listens on Addr and calls Serve.
func (s *Server) ListenAndServe() error {
	if s.isEnding() {
		return http.ErrServerClosed
	}
	addr := s.Addr
	if addr == "" {
		addr = ":http"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return s.serve(&onceListener{Listener: l, ours: true})
}

// Serve accepts connections on l and serves them until Shutdown or Close,
// when it returns http.ErrServerClosed, or until l is closed otherwise, which
// it notices within a quarter of a second. It closes l. It may be called for
// several listeners.
//
// Connections of a *net.TCPListener or *net.UnixListener on Linux are parked
// without a goroutine; those of any other listener take one each while they
// are parked.
func (s *Server) Serve(l net.Listener) error {
	return s.serve(&onceListener{Listener: l})
}

func (s *Server) serve(l *onceListener) error {
	defer l.Close()
	e, err := s.begin()
	if err != nil {
		return err
	}
	return e.serve(l)
}

// begin is start for a Serve, which every Shutdown knows of that finds the engine.
func (s *Server) begin() (*engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.ensure()
	if err == nil && !e.life.begin() {
		err = http.ErrServerClosed
	}
	return e, err
}

// SetKeepAlivesEnabled says whether connections are kept for a next request, as
// they are at first. To disable it closes the connections that are idle.
func (s *Server) SetKeepAlivesEnabled(on bool) {
	s.noKeepAlives.Store(!on)
	if e := s.started(); e != nil && !on {
		e.timers.hurry(stateIdle)
		e.acceptor.checkListeners()
	}
}

// RegisterOnShutdown has Shutdown call f, on a goroutine of its own. It is for
// connections that a handler has taken, which Shutdown does not know: f should
// tell them to end, and not wait for them. A panic in it is logged.
func (s *Server) RegisterOnShutdown(f func()) {
	s.onEnd(func() {
		defer func() {
			if value := recover(); value != nil {
				slog.New(s.logHandler()).Error("panic of what was to be called on shutdown", "panic", value, "stack", string(debug.Stack()))
			}
		}()
		f()
	})
}

// Resize changes the number of workers while the server runs: running requests
// are not interrupted. Only ModelPool has workers.
func (s *Server) Resize(workers int) error {
	e, err := s.start()
	switch {
	case err != nil:
		return err
	case e.pools.work == nil:
		return fmt.Errorf("server: the model %v has no workers to resize; only %v has", e.model, ModelPool)
	}
	return e.pools.work.Resize(workers)
}

// start makes the engine with the first call.
func (s *Server) start() (*engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ensure()
}

// ensure is called with mu held.
func (s *Server) ensure() (*engine, error) {
	if s.engine != nil {
		return s.engine, nil
	}
	if s.ended == phaseCutting {
		return nil, http.ErrServerClosed
	}
	e, err := newEngine(s)
	if err != nil {
		return nil, err
	}
	s.engine = e
	if s.ended == phaseDraining {
		e.life.enter(phaseDraining)
		e.stopAccepting()
	}
	return e, nil
}
