// Package standin runs a millpond server in place of an http.Server.
package standin

import (
	"context"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"millpond/server"
)

// ModelVar is the environment variable with one of Models. If it is unset,
// net/http serves.
const ModelVar = "CONFORMANCE_MODEL"

// buffered is the model with millpond's own buffers.
const buffered = "buffered"

// Models are the ways to serve: a pool with parking in epoll, the same with
// bodies and responses kept for slow clients, as it is by default, a pool with a
// goroutine for each parked connection, and a goroutine for each connection.
var Models = []string{"epoll", buffered, "stream", "goroutine"}

// The tests are written for a server without bounds: some of them have dozens
// of handlers wait for each other.
const (
	workers = 256
	queue   = 4096
)

// Wanted reports whether stand-ins are to serve.
func Wanted() bool { return os.Getenv(ModelVar) != "" }

var (
	mu  sync.Mutex
	all = map[*http.Server]*Server{}
)

// For returns the stand-in for s, the same one each time.
func For(s *http.Server) *Server {
	mu.Lock()
	defer mu.Unlock()
	if all[s] == nil {
		all[s] = &Server{original: s, states: map[net.Conn]http.ConnState{}}
	}
	return all[s]
}

// A Server is the stand-in for one http.Server.
type Server struct {
	millpond server.Server
	original *http.Server
	begin    sync.Once

	mu       sync.Mutex
	listener net.Listener // the last one, as the test knows it
	states   map[net.Conn]http.ConnState
}

// begun returns the server with the fields that the original has when it is
// first started or stopped.
func (s *Server) begun() *server.Server {
	s.begin.Do(func() {
		s.millpond.Pool.Workers, s.millpond.Pool.Queue = workers, queue
		if os.Getenv(ModelVar) == "goroutine" {
			s.millpond.Model = server.ModelGoroutine
		}
		s.give()
	})
	return &s.millpond
}

// Serve serves on l.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	s.listener = l
	s.mu.Unlock()
	if os.Getenv(ModelVar) == "stream" {
		l = struct{ net.Listener }{l}
	}
	return s.begun().Serve(l)
}

// Shutdown ends the server gracefully.
func (s *Server) Shutdown(ctx context.Context) error { return s.begun().Shutdown(ctx) }

// Close ends the server.
func (s *Server) Close() error { return s.begun().Close() }

// RegisterOnShutdown does nothing if millpond cannot.
func (s *Server) RegisterOnShutdown(f func()) {
	if m, can := any(&s.millpond).(interface{ RegisterOnShutdown(func()) }); can {
		m.RegisterOnShutdown(f)
	}
}

// SetKeepAlivesEnabled does nothing if millpond cannot.
func (s *Server) SetKeepAlivesEnabled(on bool) {
	if m, can := any(&s.millpond).(interface{ SetKeepAlivesEnabled(bool) }); can {
		m.SetKeepAlivesEnabled(on)
	}
}

// Stop is called by httptest.Server.Close before it waits. If the server has
// no ConnState, the connections do not end one by one.
func (s *Server) Stop() {
	if s.knowsStates() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if s.begun().Shutdown(ctx) != nil {
		s.begun().Close()
	}
}

// note keeps the state of a connection.
func (s *Server) note(c net.Conn, to http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[c] = to
	if to == http.StateHijacked || to == http.StateClosed {
		delete(s.states, c)
	}
}

// States counts the open connections by state.
func (s *Server) States() map[http.ConnState]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[http.ConnState]int{}
	for _, state := range s.states {
		counts[state]++
	}
	return counts
}

// AllIdle reports whether no connection is in another state than idle.
func (s *Server) AllIdle() bool {
	for state := range s.States() {
		if state != http.StateIdle {
			return false
		}
	}
	return true
}
