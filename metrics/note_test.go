package metrics

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"millpond/server"
)

// copying is a middleware that copies the request and wraps the writer, as
// tracing does.
func copying(next http.Handler) http.Handler {
	type key struct{}
	type wrapped struct {
		http.ResponseWriter
		unwrapper
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(wrapped{w, unwrapper{w}}, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
	})
}

type unwrapper struct{ w http.ResponseWriter }

func (u unwrapper) Unwrap() http.ResponseWriter { return u.w }

// TestNotes checks that a route and a trace reach the metrics of every server
// although a middleware has copied the request.
func TestNotes(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pond/{name}", func(http.ResponseWriter, *http.Request) {})
	handler := copying(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		if err := errors.Join(SetRoute(w, r.Pattern), SetTraceID(w, "4bf92f3577b34da6")); err != nil {
			t.Error(err)
		}
	}))
	t.Run("server", func(t *testing.T) {
		for _, model := range []server.Model{server.ModelPool, server.ModelGoroutine, server.ModelThread} {
			s := &server.Server{Handler: handler, Model: model}
			c := New(s)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error)
			go func() { served <- s.Serve(l) }()
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Get("http://" + l.Addr().String() + "/pond/mill")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if err := s.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			<-served
			checkNotes(t, c)
		}
	})
	t.Run("net/http", func(t *testing.T) {
		c, s := instrumented(t, handler)
		resp, err := s.Client().Get(s.URL + "/pond/mill")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		s.Close()
		checkNotes(t, c)
	})
}

func checkNotes(t *testing.T, c *Collector) {
	t.Helper()
	if got := responses(t, c, "200", "GET /pond/{name}"); got != 1 {
		t.Errorf("%v responses of the route, want 1", got)
	}
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.Header.Set("Accept", "application/openmetrics-text;version=1.0.0")
	w := httptest.NewRecorder()
	Handler(nil, c).ServeHTTP(w, r)
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, `millpond_http_request_duration_seconds_bucket{route="GET /pond/{name}"`) &&
			strings.Contains(line, `# {trace_id="4bf92f3577b34da6"} `) {
			return
		}
	}
	t.Error("the exemplar is absent")
}

func TestNotesFindNoServer(t *testing.T) {
	w := httptest.NewRecorder()
	if err := SetRoute(w, "/"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("SetRoute: %v", err)
	}
	if err := SetTraceID(w, strings.Repeat("x", 101)); err == nil || errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("SetTraceID of a long one: %v", err)
	}
}

// TestNativeHistograms checks that a scraper which asks for them gets them.
func TestNativeHistograms(t *testing.T) {
	m := measure(server.ModelPool, sample)
	m.exercise()
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	w := httptest.NewRecorder()
	Handler(nil, m).ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/vnd.google.protobuf") {
		t.Fatalf("Content-Type %q", got)
	}
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if h := f.GetMetric()[0].GetHistogram(); h != nil && strings.HasSuffix(f.GetName(), "_seconds") {
			if len(h.GetBucket()) == 0 || h.Schema == nil || len(h.GetPositiveSpan()) == 0 {
				t.Errorf("%s lacks a kind of buckets", f.GetName())
			}
		}
	}
	if n, err := io.Copy(io.Discard, w.Body); err != nil || n == 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
