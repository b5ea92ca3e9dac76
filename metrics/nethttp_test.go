package metrics

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"millpond/server"
)

// instrumented starts a net/http server on loopback.
func instrumented(t *testing.T, h http.Handler) (*Collector, *httptest.Server) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	c := NewNetHTTP(s.Config)
	s.Start() // httptest's own hook calls ours.
	t.Cleanup(s.Close)
	return c, s
}

// responses returns the requests of a route that were answered with a code.
func responses(t *testing.T, c *Collector, code, route string) float64 {
	t.Helper()
	return testutil.ToFloat64(c.requests.total.WithLabelValues("handler", "GET", code, route))
}

func TestNetHTTPCountsRequestsAndConnections(t *testing.T) {
	inside, release := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /held", func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-release
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
		http.NewResponseController(w).Flush()
	})
	m, s := instrumented(t, mux)

	done := make(chan error, 1)
	go func() {
		resp, err := s.Client().Get(s.URL + "/held")
		if err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		done <- err
	}()
	<-inside
	stats := m.Stats()
	if stats.InFlight != 1 || stats.Accepted != 1 || stats.Conns[server.StateActive] != 1 {
		t.Errorf("during the request: %+v", stats)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Get(s.URL + "/nowhere")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()

	s.Close() // Waits for the connections, so that the last counts are in.
	for _, c := range []struct {
		code, route string
		want        float64
	}{{"418", "GET /held", 1}, {"404", "unmatched", 1}} {
		if got := responses(t, m, c.code, c.route); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.code, c.route, got, c.want)
		}
	}
	stats = m.Stats()
	if stats.InFlight != 0 || stats.Conns != [server.NumStates]int{} {
		t.Errorf("after the end: %+v", stats)
	}
}

func TestNetHTTPPanicIsNoResponse(t *testing.T) {
	m, s := instrumented(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	if resp, err := s.Client().Get(s.URL); err == nil {
		resp.Body.Close()
		t.Error("the aborted request got an answer")
	}
	s.Close()
	if got := testutil.CollectAndCount(m, "millpond_http_requests_total"); got != 0 {
		t.Errorf("%d series of responses, want none", got)
	}
	if got := m.Stats().InFlight; got != 0 {
		t.Errorf("%d in flight", got)
	}
}

func TestNetHTTPHijackedConnectionIsGone(t *testing.T) {
	m, s := instrumented(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close()
	}))
	if resp, err := s.Client().Get(s.URL); err == nil {
		resp.Body.Close()
	}
	s.Close()
	if stats := m.Stats(); stats.Conns != [server.NumStates]int{} {
		t.Errorf("connections: %v", stats.Conns)
	}
}

// net/http is given files to read itself, as it has the kernel send them.
func TestNetHTTPMaySendFiles(t *testing.T) {
	var given io.Reader
	sent := strings.NewReader("sent")
	h := new(netHTTP).measure(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.Copy(w, struct{ io.Reader }{sent})
	}), newRequests())
	h.ServeHTTP(readerFrom{httptest.NewRecorder(), &given}, httptest.NewRequest("GET", "/", nil))
	if given != (struct{ io.Reader }{sent}) {
		t.Errorf("it was given %T to read; want what the handler has copied", given)
	}
}

// A readerFrom says what it was given to read.
type readerFrom struct {
	*httptest.ResponseRecorder
	given *io.Reader
}

func (r readerFrom) ReadFrom(src io.Reader) (int64, error) {
	*r.given = src
	return 0, nil
}

func TestNetHTTPDraining(t *testing.T) {
	s := &http.Server{Handler: http.NotFoundHandler()}
	m := NewNetHTTP(s)
	if m.Stats().Draining {
		t.Error("draining before Shutdown")
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	for !m.Stats().Draining { // net/http runs the hook on a goroutine of its own.
		runtime.Gosched()
	}
}

func BenchmarkNetHTTPPerRequest(b *testing.B) {
	s := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	NewNetHTTP(s)
	conn, other := net.Pipe()
	defer conn.Close()
	defer other.Close()
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
	s.ConnState(conn, http.StateNew)
	b.ReportAllocs()
	for b.Loop() {
		s.ConnState(conn, http.StateActive)
		s.Handler.ServeHTTP(w, r)
		s.ConnState(conn, http.StateIdle)
	}
}
