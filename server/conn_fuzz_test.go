package server

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// FuzzConn gives a whole connection to the server. Whatever comes on it, the
// server closes it in the end, every request gets at most one answer, and
// nothing after an answer that closes is served.
func FuzzConn(f *testing.F) {
	var calls atomic.Int32
	l := &loopListener{conn: make(chan net.Conn)}
	s := &Server{Logger: slog.New(slog.DiscardHandler), MaxBodyBytes: maxBody, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			w.Header().Set("X-Served", "")
			w.Header().Set("Content-Length", "0") // also to HEAD
			io.Copy(io.Discard, r.Body)
		})}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	f.Cleanup(func() {
		s.Close()
		<-served
		if n := s.Stats().Closed[ClosePanic]; n != 0 {
			f.Errorf("%d connections ended by a panic; want none", n)
		}
	})
	for _, first := range []string{
		get + end,
		get + "Connection: close\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		post + "Content-Length: 2\r\n\r\nhi",
		post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
		post + "Expect: tea\r\n\r\n",
		"HEAD / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n",
		chunked + "2;a=b\r\nhi\r\n0\r\nA: b\r\n\r\n",
		chunked + "2\nhi\r\n0\r\n\r\n",
		chunked + "fffffffffffffffff\r\n",
		post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		post + "Content-Length: 1001\r\n\r\n",
		"GET / HTTP/1.1\nHost: h\n\n",
		"\x16\x03\x01",
	} {
		f.Add([]byte(first + marker))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		calls.Store(0)
		c := &scriptedConn{in: bytes.NewReader(input), closed: make(chan struct{})}
		l.conn <- c
		<-c.closed
		checkAnswers(t, input, c.out.Bytes(), int(calls.Load()))
	})
}

// checkAnswers wants output to be the answers to that many requests served, and
// then perhaps a refusal.
func checkAnswers(t *testing.T, input, output []byte, served int) {
	t.Helper()
	answered := 0
	br := bufio.NewReader(bytes.NewReader(output))
	for {
		if _, err := br.Peek(1); err == io.EOF {
			break
		}
		r, err := http.ReadResponse(br, nil)
		if err != nil {
			t.Fatalf("%q is answered by %q, which is no response: %v", input, output, err)
		}
		if r.StatusCode == http.StatusContinue {
			continue
		}
		refusesHead := r.Close && r.StatusCode >= 400 && bytes.Contains(input, []byte("HEAD ")) // which has no body
		if _, err := io.Copy(io.Discard, r.Body); err != nil && !refusesHead {
			t.Fatalf("%q is answered by %q, the body of which breaks off: %v", input, output, err)
		}
		_, mine := r.Header["X-Served"]
		if mine {
			answered++
		} else if r.StatusCode != http.StatusOK { // which is for OPTIONS *
			if !r.Close {
				t.Fatalf("%q is answered by %q, a refusal that does not close", input, output)
			}
			if answered == served-1 {
				answered++ // it stands for the answer of the handler, which could not read the body
			}
		}
		if _, err := br.Peek(1); r.Close && err != io.EOF {
			t.Fatalf("%q is answered by %q, which goes on after an answer that closes", input, output)
		}
	}
	if answered != served {
		t.Errorf("%q is answered by %q: %d answers to %d requests", input, output, answered, served)
	}
}

// A scriptedConn gives the server one input, and keeps what it writes.
type scriptedConn struct {
	loopConn // for what does not matter
	in       *bytes.Reader
	out      bytes.Buffer
	closed   chan struct{}
	once     sync.Once
}

func (c *scriptedConn) Read(p []byte) (int, error)  { return c.in.Read(p) }
func (c *scriptedConn) Write(p []byte) (int, error) { return c.out.Write(p) }
func (c *scriptedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}
