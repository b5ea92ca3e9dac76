package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// A stateLog is what ConnState has told, by connection in their order.
type stateLog struct {
	mu    sync.Mutex
	conns []net.Conn
	moves map[net.Conn][]http.ConnState
}

func (l *stateLog) note(c net.Conn, s http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.moves == nil {
		l.moves = map[net.Conn][]http.ConnState{}
	}
	if l.moves[c] == nil {
		l.conns = append(l.conns, c)
	}
	l.moves[c] = append(l.moves[c], s)
}

// of returns the moves of a connection, which is nil if there is none.
func (l *stateLog) of(i int) (c net.Conn, moves string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i >= len(l.conns) {
		return nil, ""
	}
	return l.conns[i], fmt.Sprint(l.moves[l.conns[i]])
}

// TestConnState checks that the states come in the order that net/http has them,
// with the same net.Conn each time.
func TestConnState(t *testing.T) {
	for name, test := range map[string]struct {
		send, want string
	}{
		"silent":         {"", "[new closed]"},
		"half a head":    {"GET", "[new closed]"},
		"kept":           {getRoot, "[new active idle closed]"},
		"two at once":    {getRoot + getRoot, "[new active idle active idle closed]"},
		"not kept":       {"GET / HTTP/1.0\r\n\r\n", "[new active closed]"},
		"refused":        {"\x16\x03\x01", "[new active closed]"},
		"a probe":        {"GET /live HTTP/1.1\r\nHost: h\r\n\r\n", "[new active idle closed]"},
		"hijacked":       {"GET /hijack HTTP/1.1\r\nHost: h\r\n\r\n", "[new active hijacked]"},
		"broken off":     {"GET /abort HTTP/1.1\r\nHost: h\r\n\r\n", "[new active closed]"},
		"with a body":    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi", "[new active idle closed]"},
		"not whole body": {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\nhi", "[new active closed]"},
	} {
		t.Run(name, func(t *testing.T) {
			everyWay(t, func(t *testing.T, way way) {
				var log stateLog
				s := way.serve(t, &Server{ConnState: log.note, Control: Control{Live: "/live"}, Handler: http.HandlerFunc(
					func(w http.ResponseWriter, r *http.Request) {
						switch r.URL.Path {
						case "/abort":
							panic(http.ErrAbortHandler)
						case "/hijack":
							nc, _, err := http.NewResponseController(w).Hijack()
							if err != nil {
								t.Errorf("Hijack: %v", err)
								return
							}
							nc.Close()
						}
					})})
				c := s.call()
				io.WriteString(c, test.send)
				c.closeWrite()
				io.Copy(io.Discard, c)
				c.Close()
				until(t, "the states are "+test.want, func() bool { _, got := log.of(0); return got == test.want })
				if nc, _ := log.of(0); nc.RemoteAddr().String() != c.LocalAddr().String() {
					t.Errorf("it is the connection of %v; want %v", nc.RemoteAddr(), c.LocalAddr())
				}
			})
		})
	}
}

// TestConnStateClose checks that a hook, and others, can close a connection by
// what the hook was given.
func TestConnStateClose(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		for _, when := range []http.ConnState{http.StateNew, http.StateActive, http.StateIdle} {
			var log stateLog
			s := way.serve(t, &Server{Handler: http.HandlerFunc(hello), ConnState: func(c net.Conn, s http.ConnState) {
				log.note(c, s)
				if s == when {
					c.Close()
				}
			}})
			c := s.call()
			io.WriteString(c, getRoot)
			io.Copy(io.Discard, c)
			<-s.engine.conns.whenEmpty()
		}
	})
	var log stateLog
	s := serving(t, &Server{Handler: http.HandlerFunc(hello), ConnState: log.note}, sockets)
	c := s.call()
	c.send(getRoot)
	c.expect(http.StatusOK)
	nc, _ := log.of(0)
	nc.Close()
	c.expectEnd()
}

func TestConnContext(t *testing.T) {
	type key struct{}
	everyWay(t, func(t *testing.T, way way) {
		s := way.serve(t, &Server{
			BaseContext: func(net.Listener) context.Context { return context.WithValue(context.Background(), key{}, "base ") },
			ConnContext: func(ctx context.Context, c net.Conn) context.Context {
				if sc, ok := c.(syscall.Conn); ok {
					if _, err := sc.SyscallConn(); err != nil {
						t.Errorf("SyscallConn: %v", err)
					}
				}
				return context.WithValue(ctx, key{}, ctx.Value(key{}).(string)+c.RemoteAddr().String())
			},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, r.Context().Value(key{}))
			}),
		})
		for range 2 {
			c := s.call()
			for range 2 {
				c.send(getRoot)
				c.want(200, "base "+c.LocalAddr().String())
			}
		}
	})
}

// TestRequestTLS checks that a request which came over TLS says so.
func TestRequestTLS(t *testing.T) {
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	defer certified.Close()
	server, client := certified.TLS, certified.Client().Transport.(*http.Transport).TLSClientConfig
	for _, m := range []Model{ModelPool, ModelGoroutine} {
		s := serving(t, &Server{Model: m, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, r.TLS != nil && r.TLS.HandshakeComplete)
		})}, func(t *testing.T) (net.Listener, func() (net.Conn, error)) {
			l, _ := sockets(t)
			return tls.NewListener(l, &tls.Config{Certificates: server.Certificates}), func() (net.Conn, error) {
				return tls.Dial("tcp", l.Addr().String(), client)
			}
		})
		c := s.call()
		for range 2 {
			c.send(getRoot)
			c.want(200, "true")
		}
	}
}

// TestCloseNotify checks that a client that leaves is told of, once, and that
// the end of the handler is not.
func TestCloseNotify(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		got := make(chan []<-chan bool, 1)
		stay := make(chan struct{})
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			//lint:ignore SA1019 handlers that are older than contexts use it
			cn := w.(http.CloseNotifier)
			got <- []<-chan bool{cn.CloseNotify(), cn.CloseNotify()}
			if r.URL.Path == "/stay" {
				<-stay
			}
		})
		c := s.call()
		c.send(getRoot)
		c.expect(http.StatusOK)
		if both := <-got; both[0] != both[1] || len(both[0]) > 0 {
			t.Errorf("two channels, or a notice that the client has left")
		}
		c.send("GET /stay HTTP/1.1\r\nHost: h\r\n\r\n")
		both := within(t, got, "the request")
		c.Close()
		if !within(t, both[0], "the notice") {
			t.Error("it is false")
		}
		close(stay)
	})
}

// TestKeepAlivesEnabled checks that connections are kept as long as that is
// enabled.
func TestKeepAlivesEnabled(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, hello)
		idle := s.call()
		idle.send(getRoot)
		idle.expect(http.StatusOK)
		until(t, "it is idle", func() bool { return s.Stats().Conns[StateIdle] == 1 })
		s.SetKeepAlivesEnabled(false)
		idle.expectEnd()
		c := s.call()
		c.send(getRoot)
		if r, _ := c.expect(http.StatusOK); !r.Close {
			t.Error("the response does not say that it is the last")
		}
		c.expectEnd()
		s.SetKeepAlivesEnabled(true)
		c = s.call()
		for range 2 {
			c.send(getRoot)
			c.expect(http.StatusOK)
		}
	})
}

// TestServeOfThePackage checks the functions that make a Server themselves.
func TestServeOfThePackage(t *testing.T) {
	l, dial := sockets(t)
	served := make(chan error)
	go func() { served <- Serve(l, http.HandlerFunc(hello)) }()
	nc, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	c := newCaller(t, nc)
	c.send("GET /hi HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
	c.want(200, "hi")
	l.Close()
	if err := within(t, served, "Serve to notice that its listener is closed"); err == nil || !strings.Contains(err.Error(), net.ErrClosed.Error()) {
		t.Errorf("Serve: %v", err)
	}
	if err := ListenAndServe("nowhere:x", nil); err == nil {
		t.Error("ListenAndServe found an address that is none")
	}
}

// TestContextEndsWithAFailedWrite checks that a loop which only writes can wait
// for the end of its context.
func TestContextEndsWithAFailedWrite(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		ended := make(chan struct{})
		s := way.serve(t, &Server{WriteTimeout: soon, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(ended)
			for r.Context().Err() == nil {
				io.WriteString(w, long)
			}
		})})
		c := s.call()
		c.send(getRoot)
		within(t, ended, "the context to end")
	})
}

// TestOptions checks who answers OPTIONS *.
func TestOptions(t *testing.T) {
	for disabled, want := range map[bool]string{false: "", true: "*"} {
		s := serving(t, &Server{DisableGeneralOptionsHandler: disabled, Handler: http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RequestURI) })}, sockets)
		c := s.call()
		c.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
		c.want(200, want)
	}
}

// TestOnShutdown checks that every function is called, and not waited for.
func TestOnShutdown(t *testing.T) {
	var s Server
	called := make(chan int, 2)
	for i := range 2 {
		s.RegisterOnShutdown(func() { called <- i; <-t.Context().Done() })
	}
	s.Close()
	if len(called) > 0 {
		t.Error("Close has called it")
	}
	s.Shutdown(t.Context())
	got := []int{within(t, called, "a call"), within(t, called, "another call")}
	if slices.Sort(got); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("called %v", got)
	}
}
