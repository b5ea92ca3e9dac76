package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// addresses are those that a server can listen on, by name.
var addresses = []struct {
	name    string
	network string // to dial
	address func(*testing.T) string
}{
	{"IPv4", "tcp", func(*testing.T) string { return "127.0.0.1:0" }},
	{"IPv6", "tcp", func(*testing.T) string { return "[::1]:0" }},
	{"any, by IPv6", "tcp", func(*testing.T) string { return ":0" }},
	{"any, by IPv4", "tcp4", func(*testing.T) string { return ":0" }},
	{"Unix", "unix", func(t *testing.T) string { return filepath.Join(t.TempDir(), "s") }},
}

// TestAddresses checks that a request is served, and tells the same addresses
// as with net/http, whatever kind of socket it comes by.
func TestAddresses(t *testing.T) {
	t.Setenv("TMPDIR", "/tmp") // the path of a socket must be short
	for _, a := range addresses {
		if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
			l.Close()
		} else if a.name == "IPv6" {
			t.Logf("this machine has no IPv6: %v", err)
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			everyWay(t, func(t *testing.T, way way) {
				want, got := make(chan string, 1), make(chan string, 1)
				listen := func(tell chan<- string, serve func(net.Listener, http.Handler)) {
					l, err := net.Listen(strings.TrimSuffix(a.network, "4"), a.address(t))
					if err != nil {
						t.Fatal(err)
					}
					serve(l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { tell <- seen(l, r) }))
				}
				listen(want, func(l net.Listener, h http.Handler) {
					s := &http.Server{Handler: h}
					go s.Serve(l)
					defer s.Close()
					askFrom(t, a.network, l)
				})
				listen(got, func(l net.Listener, h http.Handler) {
					if way.name == "stream" {
						l = struct{ net.Listener }{l}
					}
					way.wire = func(*testing.T) (net.Listener, func() (net.Conn, error)) { return l, nil }
					way.serve(t, &Server{Handler: h})
					askFrom(t, a.network, l)
				})
				if got, want := <-got, <-want; got != want {
					t.Errorf("the handler sees %s; want %s, as with net/http", got, want)
				}
			})
		})
	}
}

// seen is what a request tells of the addresses of its connection, without the
// ports and paths that differ from one listener to another.
func seen(l net.Listener, r *http.Request) string {
	remote := r.RemoteAddr
	if host, port, err := net.SplitHostPort(remote); err == nil && port != "" {
		remote = host
	}
	local := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	host, port, _ := net.SplitHostPort(local.String())
	_, listening, _ := net.SplitHostPort(l.Addr().String())
	same := local.String() == l.Addr().String()
	return fmt.Sprintf("remote %q, local %s %q, of the listener: %v, its port: %v",
		remote, local.Network(), host, same, port == listening)
}

// askFrom sends one request to the address of l, or to the IPv4 one with its
// port.
func askFrom(t *testing.T, network string, l net.Listener) {
	t.Helper()
	addr := l.Addr().String()
	if network == "tcp4" {
		addr = strings.Replace(addr, "[::]", "127.0.0.1", 1)
	}
	nc, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	c := newCaller(t, nc)
	c.send(getRoot)
	c.expect(http.StatusOK)
	c.Close()
}

// TestListenAndServe checks that the method serves on the address that it is
// told, until the server ends.
func TestListenAndServe(t *testing.T) {
	listening := make(chan net.Listener, 1)
	s := &Server{Addr: "127.0.0.1:0", Handler: http.HandlerFunc(hello), Logger: discard,
		BaseContext: func(l net.Listener) context.Context { listening <- l; return context.Background() }}
	served := make(chan error, 1)
	go func() { served <- s.ListenAndServe() }()
	askFrom(t, "tcp", within(t, listening, "it to listen"))
	s.Close()
	if err := within(t, served, "ListenAndServe"); err != http.ErrServerClosed {
		t.Errorf("ListenAndServe: %v; want %v", err, http.ErrServerClosed)
	}
	if err := s.ListenAndServe(); err != http.ErrServerClosed {
		t.Errorf("ListenAndServe of a closed server: %v; want %v", err, http.ErrServerClosed)
	}
}

// TestListenAndServeOfThePackage checks the function, which only its process can
// end: it runs in one of its own.
func TestListenAndServeOfThePackage(t *testing.T) {
	const inside = "MILLPOND_TEST_LISTEN_AND_SERVE"
	if addr := os.Getenv(inside); addr != "" {
		t.Fatal(ListenAndServe(addr, http.HandlerFunc(hello)))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := ListenAndServe(addr, nil); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), addr) {
		t.Errorf("on an address that is taken: %v; want an error that names it", err)
	}
	l.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestListenAndServeOfThePackage$", "-test.count=1")
	cmd.Env = append(os.Environ(), inside+"="+addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	until(t, "it listens", func() bool {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		c := newCaller(t, nc)
		c.send("GET /hi HTTP/1.1\r\nHost: h\r\n\r\n")
		c.want(http.StatusOK, "hi")
		return true
	})
}
