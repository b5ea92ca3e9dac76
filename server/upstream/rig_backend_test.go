package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// app starts a backend of net/http and returns its address.
func app(t testing.TB, h http.HandlerFunc) string {
	s := serve(h)
	t.Cleanup(s.Close)
	return s.URL
}

// serve starts a server that leaves OPTIONS * to h.
func serve(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.DisableGeneralOptionsHandler = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	return s
}

// raw starts a backend that treats each connection as serve does, and returns
// its address.
func raw(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serveAll(t, l, serve)
	return "http://" + l.Addr().String()
}

// serveAll treats each connection of l as serve does until the test ends.
func serveAll(t testing.TB, l net.Listener, serve func(net.Conn)) {
	var (
		all   sync.WaitGroup
		mu    sync.Mutex
		conns []net.Conn
	)
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			all.Go(func() {
				defer conn.Close()
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
}

// answering reads requests from a connection and answers each with text.
func answering(text string) func(net.Conn) {
	return func(conn net.Conn) {
		in := bufio.NewReader(conn)
		for readRequest(in) {
			io.WriteString(conn, text)
		}
	}
}

// readRequest reads a request and its body.
func readRequest(in *bufio.Reader) bool {
	req, err := http.ReadRequest(in)
	if err == nil {
		_, err = io.Copy(io.Discard, req.Body)
	}
	return err == nil
}

// reset closes conn so that the peer gets a reset.
func reset(conn net.Conn) {
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// dead returns the address of a backend that is not there.
func dead(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// socketPath returns a path short enough for a unix socket.
func socketPath(t testing.TB) string {
	dir, err := os.MkdirTemp("/tmp", "up") // the directory for temporary files may have a long name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// piped makes h connect to its backends by pipes that serve treats: what a
// test needs in a bubble of synctest. A nil serve cannot be connected to.
func piped(h *Handler, serve ...func(net.Conn)) {
	for i, b := range h.backends.all {
		b.transport.DialContext = b.dial(func(context.Context, string, string) (net.Conn, error) {
			if serve[i] == nil {
				return nil, errors.New("refused")
			}
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				serve[i](theirs)
			}()
			return ours, nil
		})
	}
}

// crlf returns the lines of s with the ends that HTTP wants.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// seeing answers each request of a connection with 200 after see has seen it.
func seeing(see func(*http.Request)) func(net.Conn) {
	return func(conn net.Conn) {
		in := bufio.NewReader(conn)
		for {
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			io.Copy(io.Discard, req.Body)
			see(req)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}
}
