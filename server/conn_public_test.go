package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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
