package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"millpond/pool"
)

// A Server serves HTTP/1.0 and HTTP/1.1 with bounded concurrency. It looks
// and behaves like [http.Server] where it has the same name; its zero value
// with a Handler is ready to serve. Fields must not change after the first
// call of a Serve method. Methods are safe for concurrent use.
//
// In every field of a duration or a size, zero means the default and a
// negative value means none, where none is possible.
type Server struct {
	// Addr is the TCP address for ListenAndServe, ":http" if empty.
	Addr string

	// Handler serves the requests, http.DefaultServeMux if nil.
	Handler http.Handler

	// Pool bounds the requests that run and that wait. The server sets its
	// BeforeTask and BlockedChanged. Only ModelPool uses it.
	Pool pool.Config

	// Model says who runs a request.
	Model Model

	// Overflow says what happens to a request that finds the queue full.
	Overflow Overflow

	// ReadHeaderTimeout bounds the wait for the first byte of a connection
	// and, from the first byte of a request on, the reading of its whole
	// head. Default 10 s.
	ReadHeaderTimeout time.Duration

	// ReadTimeout bounds the time that a worker waits for the bytes of one
	// request's body, all waits added up. Default 30 s.
	ReadTimeout time.Duration

	// WriteTimeout bounds the time that a worker waits for the client to
	// take one response, all waits added up. The handler's own time does
	// not count. Default 30 s.
	WriteTimeout time.Duration

	// IdleTimeout bounds the wait for the next request. Default 75 s.
	IdleTimeout time.Duration

	// MaxHeaderBytes bounds the head, request line included; it is from 256
	// bytes to 1 MiB. Within it, a request line has at most 8 KiB, a field 16
	// KiB, and a head 100 fields. Default 32 KiB.
	MaxHeaderBytes int

	// MaxBodyBytes bounds a request's body. Default 10 MiB.
	MaxBodyBytes int64

	// MaxConns is the number of open connections at which the server stops
	// to accept. Default: 90 % of the limit on open files.
	MaxConns int

	// Control reserves paths for the control lane.
	Control Control

	// Trace reports events, if set.
	Trace *Trace

	// ErrorLog takes what goes wrong. Default: slog.Default().
	ErrorLog *slog.Logger

	// BaseContext, if set, makes the context that the contexts of all
	// requests accepted by a listener descend from.
	BaseContext func(net.Listener) context.Context

	mu     sync.Mutex
	engine *engine // made by the first Serve or Shutdown; guarded by mu
}

// A Model says who runs a request.
type Model uint8

// The models. The first is bounded; the others are here to compare with.
const (
	ModelPool      Model = iota // a worker of the fixed pool, for the time of the handler
	ModelGoroutine              // a goroutine per connection, from accept to close
	ModelThread                 // an OS thread per connection, from accept to close
	numModels
)

var modelNames = [numModels]string{"pool", "goroutine", "thread"}

// String is the name of the model, as in a flag.
func (m Model) String() string { return modelNames[m] }

// An Overflow says what happens to a request that finds the queue full.
type Overflow uint8

// The policies for a full queue.
const (
	// OverflowReject answers 503 with Retry-After.
	OverflowReject Overflow = iota
	// OverflowBlock stops reading and accepting, so that TCP and the
	// kernel's backlog push back on the clients.
	OverflowBlock
	numOverflows
)

var overflowNames = [numOverflows]string{"reject", "block"}

// String is the name of the policy, as in a flag.
func (o Overflow) String() string { return overflowNames[o] }

// ListenAndServe listens on Addr and calls Serve.
func (s *Server) ListenAndServe() error {
	addr := s.Addr
	if addr == "" {
		addr = ":http"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return s.Serve(l)
}

// Serve accepts connections on l and serves them until Shutdown or Close,
// when it returns http.ErrServerClosed. It closes l. It may be called for
// several listeners.
//
// Connections of a *net.TCPListener or *net.UnixListener on Linux are parked
// without a goroutine; those of any other listener take one each while they
// are parked.
func (s *Server) Serve(l net.Listener) error {
	once := &onceListener{Listener: l}
	defer once.Close()
	e, err := s.start()
	if err != nil {
		return err
	}
	return e.serve(once)
}

var errNoTLS = errors.New("server: TLS is not built in yet: serve plain HTTP behind a proxy that ends TLS, " +
	"or give Serve a listener from crypto/tls")

// ListenAndServeTLS always fails: TLS is not built in yet.
func (s *Server) ListenAndServeTLS(certFile, keyFile string) error { return errNoTLS }

// ServeTLS always fails: TLS is not built in yet.
func (s *Server) ServeTLS(l net.Listener, certFile, keyFile string) error {
	l.Close()
	return errNoTLS
}

// start makes the engine with the first call.
func (s *Server) start() (*engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine != nil {
		return s.engine, nil
	}
	e, err := newEngine(s)
	if err != nil {
		return nil, err
	}
	s.engine = e
	return e, nil
}

// running returns the engine, or nil before the first Serve.
func (s *Server) running() *engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine
}
