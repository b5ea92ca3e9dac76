package server_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"millpond/pool"
	"millpond/server"
)

// patience is how long a test waits for what must come, before it fails
// instead of hanging.
const patience = 20 * time.Second

// A way is one of those in which a connection can be served. HTTP must be the
// same in all of them.
type way struct {
	name   string
	model  server.Model
	listen func(net.Listener) net.Listener
}

var ways = []way{
	{"epoll", server.ModelPool, func(l net.Listener) net.Listener { return l }},
	{"stream", server.ModelPool, func(l net.Listener) net.Listener { return wrapped{l} }},
	{"goroutine", server.ModelGoroutine, func(l net.Listener) net.Listener { return l }},
	{"thread", server.ModelThread, func(l net.Listener) net.Listener { return l }},
}

// A wrapped listener is of a type that the server cannot poll.
type wrapped struct{ net.Listener }

// everyWay runs test once for each way.
func everyWay(t *testing.T, test func(*testing.T, way)) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) { test(t, w) })
	}
}

// A site is a server under test.
type site struct {
	t    *testing.T
	srv  *server.Server
	addr string
}

// serve starts s until the test ends, and then wants every connection to be
// gone and accounted for.
func (w way) serve(t *testing.T, s *server.Server) *site {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Model = w.model
	s.Pool = pool.Config{Workers: 4}
	if s.ErrorLog == nil {
		s.ErrorLog = slog.New(slog.DiscardHandler)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(w.listen(tcp)) }()
	t.Cleanup(func() {
		s.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown after Close: %v", err)
		}
		if err := <-served; err != http.ErrServerClosed {
			t.Errorf("Serve: %v, want %v", err, http.ErrServerClosed)
		}
		checkBooks(t, s.Stats())
	})
	return &site{t, s, tcp.Addr().String()}
}

// checkBooks wants the numbers of a server without connections to add up.
func checkBooks(t *testing.T, s server.Stats) {
	t.Helper()
	if s.Open() != 0 || s.InFlight != 0 {
		t.Errorf("after Shutdown %d connections are open (%v), %d requests in flight; want none", s.Open(), s.Conns, s.InFlight)
	}
	var closed uint64
	for _, n := range s.Closed {
		closed += n
	}
	if closed != s.Accepted {
		t.Errorf("%d connections accepted, %d closed %v", s.Accepted, closed, s.Closed)
	}
}

// serveFunc starts a server that has nothing but a handler.
func (w way) serveFunc(t *testing.T, h http.HandlerFunc) *site {
	t.Helper()
	return w.serve(t, &server.Server{Handler: h})
}

// A client is the other end of one connection. Its methods end the test when
// something goes wrong.
type client struct {
	t    *testing.T
	conn *net.TCPConn
	br   *bufio.Reader
}

func (s *site) dial() *client {
	s.t.Helper()
	nc, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	return &client{s.t, nc.(*net.TCPConn), bufio.NewReader(nc)}
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

// response reads one response to GET, without its body.
func (c *client) response() *http.Response {
	c.t.Helper()
	r, err := http.ReadResponse(c.br, nil)
	if err != nil {
		c.t.Fatalf("reading a response: %v", err)
	}
	return r
}

// want reads one response to GET, and wants it to be that.
func (c *client) want(status int, body string) *http.Response {
	c.t.Helper()
	r := c.response()
	b, err := io.ReadAll(r.Body)
	if r.StatusCode != status || string(b) != body || err != nil {
		c.t.Fatalf("got %d with %q, %v; want %d with %q", r.StatusCode, b, err, status, body)
	}
	return r
}

// wantText reads as many bytes as text has, and wants them to be it.
func (c *client) wantText(text string) {
	c.t.Helper()
	b := make([]byte, len(text))
	if n, err := io.ReadFull(c.br, b); string(b[:n]) != text {
		c.t.Fatalf("got %q, %v; want %q", b[:n], err, text)
	}
}

// wantEnd wants nothing more to come.
func (c *client) wantEnd() {
	c.t.Helper()
	if b, err := io.ReadAll(c.br); len(b) > 0 || err != nil {
		c.t.Fatalf("got %q, %v; want the connection to end", b, err)
	}
}

// reset makes the client go without a farewell.
func (c *client) reset() {
	c.conn.SetLinger(0)
	c.conn.Close()
}

// within receives what must come on ch.
func within[T any](t *testing.T, ch <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patience):
		t.Fatalf("waited %v for %s", patience, what)
	}
	return v
}
