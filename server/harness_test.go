package server

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// patienceOfTests ends a test that hangs on a socket. No test waits for it.
const patienceOfTests = 60 * time.Second

var discard = slog.New(slog.DiscardHandler)

// A rig is a Server under test, and a listener of it that tests can dial.
type rig struct {
	*Server
	t      *testing.T
	l      net.Listener
	dial   func() (net.Conn, error)
	served chan error // what Serve returned
	panics bool       // connections may end by a panic
}

// A wiring makes the listener of a rig, and with it the link under test.
type wiring func(t *testing.T) (net.Listener, func() (net.Conn, error))

// sockets is the epoll link on Linux.
func sockets(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l, func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }
}

// streams hides that the same sockets could be polled.
func streams(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	l, dial := sockets(t)
	return struct{ net.Listener }{l}, dial
}

// bothLinks runs a test against each implementation of parking.
func bothLinks(t *testing.T, test func(*testing.T, wiring)) {
	t.Run("link=epoll", func(t *testing.T) { test(t, sockets) })
	t.Run("link=stream", func(t *testing.T) { test(t, streams) })
}

// bubble runs a test with fake time.
func bubble(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, test) }
}

// serving starts s. When the test ends, s is closed, and its accounts must be
// balanced.
func serving(t *testing.T, s *Server, wire wiring) *rig {
	t.Helper()
	if s.Logger == nil && s.ErrorLog == nil {
		s.Logger = discard
	}
	if s.Pool.MinWorkers == 0 {
		s.Pool.MinWorkers = s.Pool.Workers // whatever else the processors have to do
	}
	l, dial := wire(t)
	_, fake := l.Addr().(memoryAddr)
	if !fake {
		s.Pool.MaxWait = cmp.Or(s.Pool.MaxWait, 2*patienceOfTests) // for the same reason: what waits for 250 ms is overload by default
		s.ReadHeaderTimeout = cmp.Or(s.ReadHeaderTimeout, patienceOfTests)
	}
	r := &rig{Server: s, t: t, l: l, dial: dial, served: make(chan error, 1)}
	e, err := s.start()
	if err != nil {
		t.Fatal(err)
	}
	if !fake {
		e.timers.lists[stateLingering].after, e.logs.patience = patienceOfTests, patienceOfTests
	}
	if l, ok := l.(*polledListener); ok {
		l.engine = s.engine
	}
	go func() { r.served <- s.Serve(l) }()
	t.Cleanup(r.finish)
	return r
}

func (r *rig) finish() {
	r.Close()
	if err := <-r.served; err != http.ErrServerClosed {
		r.t.Errorf("Serve returned %v; want http.ErrServerClosed", err)
	}
	<-r.engine.conns.whenEmpty()
	if pools := r.engine.pools; pools.work != nil {
		pools.work.Close(context.Background())
		pools.control.Close(context.Background())
	}
	checkAccounts(r.t, r.Stats())
	if n := r.Stats().Closed[ClosePanic]; n != 0 && !r.panics {
		r.t.Errorf("%d connections ended by a panic, in a move that is not in the table perhaps; want none", n)
	}
}

// checkAccounts checks what must hold of a server at rest with no connection.
func checkAccounts(t *testing.T, s Stats) {
	t.Helper()
	if s.Open() != 0 || s.Conns != [NumStates]int{} {
		t.Errorf("connections by state at the end: %v; want none", s.Conns)
	}
	if s.InFlight != 0 {
		t.Errorf("requests in flight at the end: %d; want none", s.InFlight)
	}
	if s.Accepted != total(s.Closed[:]) {
		t.Errorf("accepted %d connections, and closed %d: %v", s.Accepted, total(s.Closed[:]), s.Closed)
	}
	if s.Pool.Running != 0 || s.Pool.Waiting != 0 {
		t.Errorf("%d tasks running and %d waiting at the end; want none", s.Pool.Running, s.Pool.Waiting)
	}
	checkPoolLaws(t, s)
}

// checkPoolLaws checks what must hold of the pool in every snapshot.
func checkPoolLaws(t *testing.T, s Stats) {
	t.Helper()
	p := s.Pool
	rejected, dropped, completed := total(p.Rejected[:]), total(p.Dropped[:]), total(p.Completed[:])
	if admitted := p.Submitted - rejected; admitted != p.Started+dropped+uint64(p.Waiting) {
		t.Errorf("admitted %d, but started %d + dropped %d + waiting %d", admitted, p.Started, dropped, p.Waiting)
	}
	if p.Started != completed+uint64(p.Running+p.Away) {
		t.Errorf("started %d, but completed %d + running %d", p.Started, completed, p.Running)
	}
	if p.Running > p.Workers || p.Running+p.Waiting > p.Workers+p.Queue {
		t.Errorf("%d run and %d wait, with %d workers and a queue of %d", p.Running, p.Waiting, p.Workers, p.Queue)
	}
	if p.LibraryFailures != 0 {
		t.Errorf("%d library failures; want none", p.LibraryFailures)
	}
}

func total(counters []uint64) (sum uint64) {
	for _, c := range counters {
		sum += c
	}
	return sum
}

// A caller is a client's end of a connection.
type caller struct {
	net.Conn
	t  *testing.T
	br *bufio.Reader
}

// call connects to the rig.
func (r *rig) call() *caller {
	r.t.Helper()
	nc, err := r.dial()
	if err != nil {
		r.t.Fatal(err)
	}
	return newCaller(r.t, nc)
}

func newCaller(t *testing.T, nc net.Conn) *caller {
	if _, fake := nc.LocalAddr().(memoryAddr); !fake {
		nc.SetDeadline(time.Now().Add(patienceOfTests))
	}
	t.Cleanup(func() { nc.Close() })
	return &caller{Conn: nc, t: t, br: bufio.NewReader(nc)}
}

const getRoot = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

// send writes s.
func (c *caller) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		c.t.Errorf("send: %v", err)
	}
}

// answer reads a whole response to a request with that method.
func (c *caller) answer(method string) (resp *http.Response, body string, err error) {
	resp, err = http.ReadResponse(c.br, &http.Request{Method: method})
	if err != nil {
		return nil, "", err
	}
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

// expect reads a whole response and checks its status.
func (c *caller) expect(status int) (resp *http.Response, body string) {
	c.t.Helper()
	resp, body, err := c.answer(http.MethodGet)
	if err != nil {
		c.t.Fatalf("no whole response with status %d: %v", status, err)
	}
	if resp.StatusCode != status {
		c.t.Fatalf("status %d, %q; want %d", resp.StatusCode, body, status)
	}
	return resp, body
}

// expectEnd checks that nothing but the end of the connection comes.
func (c *caller) expectEnd() {
	c.t.Helper()
	if b, err := io.ReadAll(c.br); len(b) > 0 || isTimeout(err) {
		c.t.Errorf("got %.100q, %v; want the end of the connection", b, err)
	}
}

func isTimeout(err error) bool {
	ne, ok := errors.AsType[net.Error](err)
	return ok && ne.Timeout()
}

// until waits for what another goroutine is about to do. It leaves the processor
// to the others in between. It is not for bubbles, which have synctest.Wait.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	look := time.NewTicker(100 * time.Microsecond)
	defer look.Stop()
	for end := time.Now().Add(patienceOfTests); !ok(); {
		if now := <-look.C; now.After(end) {
			t.Fatalf("gave up waiting until %s", what)
		}
	}
}

// hello answers with the path.
func hello(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, strings.TrimPrefix(r.URL.Path, "/"))
}

// closeWrite ends the client's output.
func (c *caller) closeWrite() {
	c.t.Helper()
	if err := c.Conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		c.t.Errorf("CloseWrite: %v", err)
	}
}

// response reads the head of a response to GET.
func (c *caller) response() *http.Response {
	c.t.Helper()
	r, err := http.ReadResponse(c.br, nil)
	if err != nil {
		c.t.Fatalf("reading a response: %v", err)
	}
	return r
}

// want reads one response to GET, and wants it to be that.
func (c *caller) want(status int, body string) *http.Response {
	c.t.Helper()
	r, got := c.expect(status)
	if got != body {
		c.t.Fatalf("got %d with %q; want %q", status, got, body)
	}
	return r
}

// wantText reads as many bytes as text has, and wants them to be it.
func (c *caller) wantText(text string) {
	c.t.Helper()
	b := make([]byte, len(text))
	if n, err := io.ReadFull(c.br, b); string(b[:n]) != text {
		c.t.Fatalf("got %q, %v; want %q", b[:n], err, text)
	}
}

// within receives what must come on ch.
func within[T any](t *testing.T, ch <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patienceOfTests):
		t.Fatalf("waited %v for %s", patienceOfTests, what)
	}
	return v
}
