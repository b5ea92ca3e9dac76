package upstream

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
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
