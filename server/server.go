package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"millpond/pool"
)

// A Server serves HTTP/1.0 and HTTP/1.1 with bounded concurrency. It looks
// and behaves like [http.Server] where it has the same name; its zero value
// with a Handler is ready to serve. Fields must not change after the first
// call of a Serve method. Methods are safe for concurrent use.
//
// What zero and negative values of the limits mean is in a table of the
// package documentation.
type Server struct {
	// Addr is the TCP address for ListenAndServe, ":http" if empty.
	Addr string

	// Handler serves the requests, http.DefaultServeMux if nil.
	Handler http.Handler

	// Pool bounds the requests that run and that wait. Its hooks are called
	// after the server's own. Its Discipline is Adaptive by default, or FIFO with
	// OverflowBlock, and its Gate by default that of the Go scheduler. Classes
	// are the server's own. Only ModelPool uses it.
	Pool pool.Config

	// Classes keep requests of different kinds out of each other's way. Only
	// ModelPool uses them.
	Classes []Class

	// FairBy says what makes two requests those of one client, for equal shares
	// among clients under overload: "ip", the address that it comes from;
	// "header:" and the name of a field, its value; or "none". Default "ip".
	FairBy string

	// TrustedProxies are the addresses of balancers. A request that comes from
	// one is that of the last address in X-Forwarded-For that is not one.
	TrustedProxies []netip.Prefix

	// UnreadyAfter is how long an overload must last for the readiness probe to
	// get a 503, so that a balancer looks elsewhere. Zero: it never does.
	UnreadyAfter time.Duration

	// ServerTiming has responses say in a Server-Timing field how long their
	// request waited for a worker, and how long the handler took to its first
	// byte (https://www.w3.org/TR/server-timing/).
	ServerTiming bool

	// Model says who runs a request.
	Model Model

	// Overflow says what happens to a request that finds the queue full.
	Overflow Overflow

	// ReadHeaderTimeout bounds the wait for the first byte of a connection
	// and, from the first byte of a request on, the reading of its whole
	// head. Default: 10 s, or ReadTimeout if that is less.
	ReadHeaderTimeout time.Duration

	// ReadTimeout bounds the reading of a request from its first byte to the
	// last of its body. It cuts large uploads however fast they are: MinRate
	// is the better defence. Default: none.
	ReadTimeout time.Duration

	// WriteTimeout bounds the time from the end of a request's head to that
	// of the response, the wait for a worker and the handler's time included.
	// It cuts large downloads likewise. Default: none.
	WriteTimeout time.Duration

	// MinRate is how many bytes a second a client must send of a body, or
	// take of a response, once it had 5 seconds to get going. Default 240.
	MinRate int

	// IdleTimeout bounds the wait for the next request. Default 75 s.
	IdleTimeout time.Duration

	// MaxHeaderBytes bounds the head, request line included; it is from 256
	// bytes to 1 MiB. Within it, a request line has at most 8 KiB and a field
	// 16 KiB, or more by as much as MaxHeaderBytes exceeds its default, and a
	// head 100 fields. Default 32 KiB.
	MaxHeaderBytes int

	// MaxBodyBytes bounds a request's body. Default: none.
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
