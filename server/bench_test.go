package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// BenchmarkRequest compares what a request costs outside of the kernel: the
// same handler behind the same in-memory connection, which sends the next
// request as soon as the last one is answered.
func BenchmarkRequest(b *testing.B) {
	const request = "GET /benchmark HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
	handler := http.NewServeMux()
	handler.HandleFunc("GET /{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "Hello, %s!", r.PathValue("name"))
	})
	type httpServer interface {
		Serve(net.Listener) error
		Close() error
	}
	for _, impl := range []struct {
		name  string
		start func() httpServer
	}{
		{"nethttp", func() httpServer { return &http.Server{Handler: handler} }},
		{"goroutine", func() httpServer { return &Server{Handler: handler, Model: ModelGoroutine} }},
		{"pool", func() httpServer { return &Server{Handler: handler} }},
	} {
		b.Run("impl="+impl.name, func(b *testing.B) {
			b.ReportAllocs()
			l := &loopListener{conn: make(chan net.Conn, 1)}
			s := impl.start()
			var serving sync.WaitGroup
			serving.Go(func() { s.Serve(l) })
			defer serving.Wait()
			defer s.Close()
			c := &loopConn{request: request, left: b.N, turn: make(chan struct{}, 1), done: make(chan struct{})}
			c.turn <- struct{}{}
			b.ResetTimer()
			l.conn <- c
			<-c.done
		})
	}
}

// A loopListener yields one connection.
type loopListener struct {
	conn   chan net.Conn
	closed sync.Once
}

func (l *loopListener) Accept() (net.Conn, error) {
	c, ok := <-l.conn
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (l *loopListener) Close() error {
	l.closed.Do(func() { close(l.conn) })
	return nil
}
func (l *loopListener) Addr() net.Addr { return &net.TCPAddr{} }

// A loopConn sends the same request again each time that it is answered, as
// often as asked. A response comes in one Write.
type loopConn struct {
	request string
	rest    string // of the request being read
	left    int
	turn    chan struct{}
	done    chan struct{}
	once    sync.Once
	closed  sync.Once
}

func (c *loopConn) Read(p []byte) (int, error) {
	if c.rest == "" {
		if _, open := <-c.turn; !open || c.left == 0 {
			c.once.Do(func() { close(c.done) })
			return 0, io.EOF
		}
		c.left--
		c.rest = c.request
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

func (c *loopConn) Write(p []byte) (int, error) {
	c.turn <- struct{}{}
	return len(p), nil
}

func (c *loopConn) Close() error {
	c.closed.Do(func() { close(c.turn) })
	return nil
}
func (c *loopConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *loopConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *loopConn) SetDeadline(time.Time) error      { return nil }
func (c *loopConn) SetReadDeadline(time.Time) error  { return nil }
func (c *loopConn) SetWriteDeadline(time.Time) error { return nil }
