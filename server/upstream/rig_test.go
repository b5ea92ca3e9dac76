package upstream

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A rig is a Handler under net/http, and a client of it.
type rig struct {
	*httptest.Server
	handler *Handler
	results chan Result
	client  *http.Client
}

// newRig fills in what of c is for tests, and checks the books at the end.
func newRig(t *testing.T, c Config) *rig {
	t.Helper()
	r := &rig{results: make(chan Result, 1000)}
	if c.Trace == nil {
		c.Trace = &Trace{}
	}
	c.Trace.Done = func(res Result) { r.results <- res }
	r.handler = newHandler(t, c)
	r.Server = serve(r.handler)
	r.client = &http.Client{Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() {
		r.client.CloseIdleConnections()
		r.Close()
		checkBooks(t, r.handler)
	})
	return r
}

func newHandler(t testing.TB, c Config) *Handler {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.CloseIdleConnections)
	return h
}

// checkBooks checks what holds of the Stats of a Handler that is at rest.
func checkBooks(t *testing.T, h *Handler) {
	t.Helper()
	st := h.Stats()
	var sum uint64
	for _, n := range st.Outcomes {
		sum += n
	}
	if st.InFlight != 0 || st.Requests != sum {
		t.Errorf("%d requests, %d outcomes, %d in flight at rest", st.Requests, sum, st.InFlight)
	}
	for _, b := range st.Backends {
		if b.InFlight != 0 {
			t.Errorf("%s has %d requests in flight at rest", b.Backend, b.InFlight)
		}
	}
}

// do sends a request and returns the response with its whole body. The error
// is that of the body.
func (r *rig) do(t *testing.T, method, path string, body io.Reader, fields ...string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequest(method, r.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		req.Header.Add(fields[i], fields[i+1])
	}
	res, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res, string(b), err
}

// result waits for the end of a request and checks its outcome.
func (r *rig) result(t *testing.T, want Outcome) Result {
	t.Helper()
	res := <-r.results
	if res.Outcome != want {
		t.Errorf("outcome %v, want %v; err: %v", res.Outcome, want, res.Err)
	}
	if (res.Err == nil) != (want == OutcomeServed) {
		t.Errorf("outcome %v with the error %v", res.Outcome, res.Err)
	}
	return res
}

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
	dir, err := os.MkdirTemp("", "up")
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

// serveOne calls h as a server would, and returns the response and what the
// handler panicked with.
func serveOne(h *Handler, r *http.Request) (w *httptest.ResponseRecorder, panicked any) {
	w = httptest.NewRecorder()
	defer func() { panicked = recover() }()
	h.ServeHTTP(finalOnly{w}, r)
	return w, nil
}

// finalOnly keeps interim responses from a recorder, which would take them for
// the final one.
type finalOnly struct{ *httptest.ResponseRecorder }

func (w finalOnly) WriteHeader(status int) {
	if status >= 200 {
		w.ResponseRecorder.WriteHeader(status)
	}
}

// crlf returns the lines of s with the ends that HTTP wants.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// exchangeRaw sends text to the rig on a connection of its own and returns all
// that comes back until the rig closes it.
func exchangeRaw(t testing.TB, r *rig, text string) string {
	t.Helper()
	conn := r.dial(t)
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// dial opens a connection to the rig.
func (r *rig) dial(t testing.TB) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", r.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// rawStatus is the status of what exchangeRaw returns.
func rawStatus(t testing.TB, r *rig, text string) string {
	t.Helper()
	_, rest, _ := strings.Cut(exchangeRaw(t, r, text), " ")
	status, _, _ := strings.Cut(rest, " ")
	return status
}

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
