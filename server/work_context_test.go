package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
)

func TestRequestContextEndsWithTheClient(t *testing.T) {
	for _, leave := range []struct {
		name string
		do   func(*caller)
	}{
		{"FIN", func(c *caller) { c.Conn.Close() }},
		{"half-close", func(c *caller) { c.closeWrite() }},
		{"RST", (*caller).reset},
	} {
		for name, send := range map[string]string{
			"no body": get + end,
			"a body":  post + "Content-Length: 2\r\n\r\nhi",
		} {
			t.Run(leave.name+" after "+name, func(t *testing.T) {
				everyWay(t, func(t *testing.T, way way) { testContextEnds(t, way, send, leave.do) })
			})
		}
	}
}

func testContextEnds(t *testing.T, way way, send string, leave func(*caller)) {
	started, ended := make(chan error, 1), make(chan error, 1)
	s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
		done := r.Context().Done()
		io.Copy(io.Discard, r.Body)
		started <- r.Context().Err()
		<-done
		ended <- r.Context().Err()
	})
	c := s.call()
	c.send(send)
	if err := within(t, started, "the handler"); err != nil {
		t.Errorf("the context has ended before the client left: %v", err)
	}
	leave(c)
	if err := within(t, ended, "the context to end"); err != context.Canceled {
		t.Errorf("the context ended with %v, want %v", err, context.Canceled)
	}
}

// A client that leaves in the middle of its body has left.
func TestRequestContextEndsWithTheBody(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		ended := make(chan error, 1)
		s := way.serve(t, &Server{BodyBuffer: -1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, err := io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			ended <- err
		})})
		c := s.call()
		c.send(post + "Content-Length: 3\r\n\r\nhi")
		c.Conn.Close()
		if err := within(t, ended, "the context to end"); err == nil {
			t.Error("half a body was read without an error")
		}
	})
}

// A client that has sent its last byte may still want the answer.
func TestHalfClosedClientIsAnswered(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			io.WriteString(w, "hi")
		})
		c := s.call()
		c.send(get + end + get + end)
		c.closeWrite()
		c.want(200, "hi")
		c.want(200, "hi")
		c.expectEnd()
	})
}

// The next request of a client that is still there does not end the context.
func TestRequestContextSurvivesPipelining(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		watching, sent := make(chan struct{}, 2), make(chan struct{})
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) {
			r.Context().Done()
			watching <- struct{}{}
			<-sent
			if err := r.Context().Err(); err != nil {
				t.Errorf("the context has ended: %v", err)
			}
			io.WriteString(w, "hi")
		})
		c := s.call()
		c.send(get + end)
		within(t, watching, "the handler")
		c.send(get + end)
		close(sent)
		c.want(200, "hi")
		c.want(200, "hi")
	})
}

func TestRequestContextEndsWithTheHandler(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		contexts := make(chan context.Context, 1)
		s := way.serveFunc(t, func(w http.ResponseWriter, r *http.Request) { contexts <- r.Context() })
		c := s.call()
		c.send(get + end)
		c.want(200, "")
		within(t, within(t, contexts, "the handler").Done(), "the context to end")
	})
}

type contextKey struct{}

func TestRequestContextValues(t *testing.T) {
	everyWay(t, func(t *testing.T, way way) {
		addrs := make(chan net.Addr, 1)
		s := way.serve(t, &Server{
			BaseContext: func(net.Listener) context.Context {
				return context.WithValue(context.Background(), contextKey{}, "base")
			},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				addr, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
				addrs <- addr
				value, _ := r.Context().Value(contextKey{}).(string)
				io.WriteString(w, value+" "+r.RemoteAddr)
			}),
		})
		c := s.call()
		c.send(get + end)
		c.want(200, "base "+c.Conn.LocalAddr().String())
		if addr := within(t, addrs, "the handler"); addr == nil || addr.String() != s.l.Addr().String() {
			t.Errorf("LocalAddrContextKey gives %v, want %v", addr, s.l.Addr().String())
		}
	})
}
