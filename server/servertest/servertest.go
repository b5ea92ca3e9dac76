// Package servertest is net/http/httptest for handlers that are to be tested on
// the server that will run them: a [Server] is used like an [httptest.Server].
// An httptest.ResponseRecorder, or Request, needs no counterpart.
package servertest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"

	"millpond/server"
)

// A Server listens on a port of its own on the loopback interface. Like an
// httptest.Server it panics if it cannot start. It is not for production.
type Server struct {
	URL      string       // of the form http://ipaddr:port, with no trailing slash
	Listener net.Listener // with a crypto/tls one around it after StartTLS

	// TLS is added to by StartTLS, which needs no certificate.
	TLS *tls.Config

	// Config may be changed before Start and StartTLS.
	Config *server.Server

	client *http.Client
	served chan error // what Serve returned
}

// NewServer starts a Server, which the caller should Close.
func NewServer(handler http.Handler) *Server {
	s := NewUnstartedServer(handler)
	s.Start()
	return s
}

// NewTLSServer starts a Server that speaks TLS, with a certificate that its
// Client trusts.
func NewTLSServer(handler http.Handler) *Server {
	s := NewUnstartedServer(handler)
	s.StartTLS()
	return s
}

// NewUnstartedServer returns a Server that listens, but does not serve yet.
func NewUnstartedServer(handler http.Handler) *Server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("servertest: %v", err))
	}
	return &Server{Listener: l, Config: &server.Server{Handler: handler}}
}

// Start serves. Connections are parked as they would be in a program.
func (s *Server) Start() {
	s.start("http", &http.Client{Transport: &http.Transport{}})
}

// StartTLS serves HTTP/1.1 over TLS.
func (s *Server) StartTLS() {
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	certified.Close() // its certificate is all that is wanted
	if s.TLS == nil {
		s.TLS = &tls.Config{}
	}
	if len(s.TLS.Certificates) == 0 {
		s.TLS.Certificates = certified.TLS.Certificates
	}
	s.Listener = tls.NewListener(s.Listener, s.TLS)
	trusted := certified.Client().Transport.(*http.Transport).TLSClientConfig
	s.start("https", &http.Client{Transport: &http.Transport{TLSClientConfig: trusted}})
}

func (s *Server) start(scheme string, client *http.Client) {
	if s.URL != "" {
		panic("servertest: the Server was started already")
	}
	s.URL, s.client = scheme+"://"+s.Listener.Addr().String(), client
	s.served = make(chan error, 1)
	go func() { s.served <- s.Config.Serve(s.Listener) }()
}

// Client returns a client that trusts the Server, and whose connections Close
// ends.
func (s *Server) Client() *http.Client { return s.client }

// Close ends the Server: it waits until the requests that it has have their
// answers.
func (s *Server) Close() {
	if s.served == nil {
		s.Listener.Close()
		return
	}
	s.client.CloseIdleConnections()
	s.Config.SetKeepAlivesEnabled(false)
	if err := s.Config.Shutdown(context.Background()); err != nil {
		panic(fmt.Sprintf("servertest: %v", err))
	}
	<-s.served
}
