package http1

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// FuzzHandler has a handler that does what the input says answer by net/http
// too, and wants client and handler to see no difference. What is known to differ
// (see package server) is not among the steps.
func FuzzHandler(f *testing.F) {
	theirs := serveOriginal(f)
	for i := range steps {
		for request := range handlerRequests {
			f.Add([]byte{byte(request), byte(i), byte(len(steps) - 1)})
		}
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) == 0 || len(program) > 16 {
			return
		}
		send := handlerRequests[int(program[0])%len(handlerRequests)]
		method, _, _ := strings.Cut(send, " ")
		original, mine := &run{program: program[1:]}, &run{program: program[1:]}
		want := seen(theirs.ask(send+marker, original), method)
		transport := newFake(t, send+marker)
		transport.inEnd = io.EOF
		transport.serveAll(testConfig(), mine)
		if got := seen(transport.out, method); got != want {
			t.Errorf("%q, answered with %s: the client sees\n%s\nand of net/http\n%s", send, mine.log.String(), got, want)
		}
		if got, want := mine.log.String(), original.log.String(); got != want {
			t.Errorf("%q: the handler sees\n%s\nand of net/http\n%s", send, got, want)
		}
	})
}

var handlerRequests = []string{
	"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
	"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
	"GET / HTTP/1.0\r\n\r\n",
	"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	"HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
	"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
	"POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
}

// A step is what a handler can do.
type step struct {
	name string
	when uint8
	do   func(w http.ResponseWriter, r *http.Request) (n any, err error)
}

// When a step is taken.
const (
	first   = 1 << iota // only as the first
	only11              // not in HTTP/1.0
	framing             // one of these at most
)

var steps = []step{
	setStep(0, "A", "b"), setStep(0, "A", "b\r\nC: d"), setStep(0, "A b", "c"), setStep(0, "a", " \t b \t "), setStep(0, "", "x"), setStep(0, "Host", "x"),
	setStep(0, "Keep-Alive", "x"), setStep(0, "Upgrade", "x"), setStep(only11, "Connection", "close"),
	setStep(framing, "Content-Length", "0"), setStep(framing, "Content-Length", "5"), setStep(framing, "Content-Length", "5000"), setStep(framing, "Content-Length"),
	setStep(framing|only11, "Transfer-Encoding", "chunked"), setStep(framing|only11, "Transfer-Encoding", "identity"),
	setStep(0, "Content-Type", "a/b"), setStep(0, "Content-Type", ""), setStep(0, "Content-Type"), setStep(0, "Content-Encoding", "gzip"), setStep(0, "Content-Encoding", ""),
	setStep(0, "Date", "now"), setStep(0, "Date", ""), setStep(0, "Date"),
	setStep(first|only11, "Trailer", "T"), setStep(0, "T", "1"), setStep(first|only11, http.TrailerPrefix+"P", "2"),
	statusStep(0, 200), statusStep(0, 204), statusStep(0, 304), statusStep(0, 404), statusStep(0, 205), statusStep(0, 206), statusStep(0, 599), statusStep(0, 999),
	statusStep(first|only11, 102), statusStep(first|only11, 103), statusStep(first|only11, 199),
	{"Flush", 0, func(w http.ResponseWriter, _ *http.Request) (any, error) {
		return nil, w.(interface{ FlushError() error }).FlushError()
	}},
	{"ReadAll", first, func(_ http.ResponseWriter, r *http.Request) (any, error) {
		b, err := io.ReadAll(r.Body)
		return fmt.Sprintf("%q %v", b, r.Trailer), err
	}},
	writeStep(0), writeStep(1), writeStep(5), writeStep(100), writeStep(bodyBuffer + 1), writeStep(5000), writeStep(40000), // a sum of 2 to 4 KiB has a length here only
}

func setStep(when uint8, name string, values ...string) step {
	return step{fmt.Sprintf("%s=%q", name, values), when, func(w http.ResponseWriter, _ *http.Request) (any, error) {
		w.Header()[name] = values
		return nil, nil
	}}
}

func statusStep(when uint8, code int) step {
	return step{fmt.Sprintf("WriteHeader(%d)", code), when, func(w http.ResponseWriter, _ *http.Request) (any, error) {
		w.WriteHeader(code)
		return nil, nil
	}}
}

func writeStep(n int) step {
	return step{fmt.Sprintf("Write(%d)", n), 0, func(w http.ResponseWriter, _ *http.Request) (any, error) {
		return w.Write(bytes.Repeat([]byte("<"), n))
	}}
}

// A run of a program is a handler.
type run struct {
	program []byte
	log     strings.Builder // what was done, and what it gave
}

func (p *run) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/marker" {
		w.Header().Set("X-Marker", "")
		return
	}
	var taken uint8
	for i, b := range p.program {
		s := steps[int(b)%len(steps)]
		if s.when&first != 0 && i > 0 || s.when&only11 != 0 && r.ProtoMinor == 0 || s.when&framing&taken != 0 {
			continue
		}
		taken |= s.when
		n, err := s.do(w, r)
		fmt.Fprintf(&p.log, "%s: %v, %v\n", s.name, n, err)
	}
}

// seen is what a client sees of its answers.
func seen(out []byte, method string) string {
	var b strings.Builder
	for br := bufio.NewReader(bytes.NewReader(out)); ; {
		resp, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			fmt.Fprintln(&b, err)
			return b.String()
		}
		body, err := io.ReadAll(resp.Body)
		if date := resp.Header["Date"]; len(date) == 1 && strings.HasSuffix(date[0], "GMT") {
			resp.Header["Date"] = nil
		}
		fmt.Fprintf(&b, "%s %s %v, length %d, %v, close %v, %.10q of %d, %v, %v\n", resp.Proto, resp.Status, resp.Header,
			resp.ContentLength, resp.TransferEncoding, resp.Close, body, len(body), resp.Trailer, err)
		if resp.StatusCode >= 200 {
			method = http.MethodGet
		}
	}
}

// An original is a server of net/http, and its listener.
type original struct {
	conns   chan net.Conn
	handler http.Handler
}

func serveOriginal(f *testing.F) *original {
	o := &original{conns: make(chan net.Conn)}
	s := &http.Server{Handler: o, ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { s.Serve(o) })
	f.Cleanup(serving.Wait)
	f.Cleanup(func() { s.Close() })
	return o
}

// ask has h answer what is sent at once.
func (o *original) ask(send string, h http.Handler) (answered []byte) {
	o.handler = h
	c := &scripted{in: strings.NewReader(send), closed: make(chan struct{})}
	o.conns <- c
	<-c.closed
	return c.out.Bytes()
}

func (o *original) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.handler.ServeHTTP(w, r) }

func (o *original) Accept() (net.Conn, error) {
	if c, ok := <-o.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (o *original) Close() error {
	close(o.conns)
	return nil
}

func (o *original) Addr() net.Addr { return &net.TCPAddr{} }

// A scripted connection has sent all that it will, and keeps what it gets.
type scripted struct {
	in     *strings.Reader
	out    bytes.Buffer
	closed chan struct{}
	once   sync.Once
}

func (c *scripted) Read(p []byte) (int, error)  { return c.in.Read(p) }
func (c *scripted) Write(p []byte) (int, error) { return c.out.Write(p) }

func (c *scripted) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

func (c *scripted) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *scripted) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *scripted) SetDeadline(time.Time) error      { return nil }
func (c *scripted) SetReadDeadline(time.Time) error  { return nil }
func (c *scripted) SetWriteDeadline(time.Time) error { return nil }
