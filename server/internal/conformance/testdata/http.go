package http

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
)

// StandIn, if set, makes what runs in place of a Server. It returns the same
// one each time that it is asked for the same Server.
var StandIn func(*Server) StandInServer

// A StandInServer has the methods that a Server passes on.
type StandInServer interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
	Close() error
	RegisterOnShutdown(func())
	SetKeepAlivesEnabled(bool)

	// Stop ends what httptest.Server.Close would wait for.
	Stop()
	// States counts the open connections by state.
	States() map[ConnState]int
	// AllIdle reports whether no connection is in another state than idle.
	AllIdle() bool
}

// itself has the Servers that serve themselves: those with TLS, and with it
// HTTP/2, and those of HTTP/2 without TLS.
var itself sync.Map

// standIn is what runs in place of s, or nil.
func (s *Server) standIn() StandInServer {
	if _, yes := itself.Load(s); yes || StandIn == nil {
		return nil
	}
	return StandIn(s)
}

// Serve serves l by what stands in for s, unless s needs TLS or HTTP/2. It notes
// that anything was served, so that a test without a server is told from others.
func (s *Server) Serve(l net.Listener) error {
	if fmt.Sprintf("%T", l) == "*tls.listener" || s.Protocols != nil && s.Protocols.UnencryptedHTTP2() {
		itself.Store(s, true)
	} else if notes := os.Getenv("CONFORMANCE_NOTES"); notes != "" {
		os.WriteFile(notes, []byte("served\n"), 0o600)
	}
	in := s.standIn()
	if in == nil {
		return s.itselfServe(l)
	}
	if fn := testHookServerServe; fn != nil {
		fn(s, l)
	}
	return in.Serve(l)
}

// Shutdown is that of what stands in for s, or its own.
func (s *Server) Shutdown(ctx context.Context) error {
	if in := s.standIn(); in != nil {
		return in.Shutdown(ctx)
	}
	return s.itselfShutdown(ctx)
}

// Close is that of what stands in for s, or its own.
func (s *Server) Close() error {
	if in := s.standIn(); in != nil {
		return in.Close()
	}
	return s.itselfClose()
}

// RegisterOnShutdown is that of what stands in for s, or its own.
func (s *Server) RegisterOnShutdown(f func()) {
	if in := s.standIn(); in != nil {
		in.RegisterOnShutdown(f)
		return
	}
	s.itselfRegisterOnShutdown(f)
}

// SetKeepAlivesEnabled is that of what stands in for s, or its own.
func (s *Server) SetKeepAlivesEnabled(on bool) {
	if in := s.standIn(); in != nil {
		in.SetKeepAlivesEnabled(on)
		return
	}
	s.itselfSetKeepAlivesEnabled(on)
}

// StopStandIn is what httptest.Server.Close calls before it waits.
func (s *Server) StopStandIn() {
	if in := s.standIn(); in != nil {
		in.Stop()
	}
}
