package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serve runs one request through handlers that burn no CPU.
func serve(t *testing.T, r *http.Request) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	New(Config{BurnPerMs: -1}).ServeHTTP(w, r)
	return w.Result()
}

// TestNoTask checks that what is left out is not taken for a name.
func TestNoTask(t *testing.T) {
	for _, target := range []string{"/task?cpu=1s", "/task/low?cpu=1s"} {
		w := httptest.NewRecorder()
		New(Config{NoTask: true}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d: %s", target, w.Code, w.Body)
		}
	}
}

func TestRoutes(t *testing.T) {
	for _, c := range []struct {
		method, target string
		status         int
		body, allow    string
		pattern        string
	}{
		{"GET", "/", 200, "Hello, 192.0.2.1!", "", "/{$}"},
		{"HEAD", "/", 200, "", "", "/{$}"},
		{"POST", "/", 405, "", "GET, HEAD", "/{$}"},
		{"GET", "/mill", 200, "Hello, mill!", "", "/{name}"},
		{"GET", "/a%2Fb", 200, "Hello, a/b!", "", "/{name}"},
		{"GET", "/%3Cb%3E", 200, "Hello, <b>!", "", "/{name}"},
		{"GET", "/a%20%C3%A9", 200, "Hello, a é!", "", "/{name}"},
		{"GET", "/a%0D%0Ab%1B%00%7F", 200, "Hello, a\ufffd\ufffdb\ufffd\ufffd\ufffd!", "", "/{name}"},
		{"GET", "/%FF%E2%80%AE", 200, "Hello, \ufffd\ufffd!", "", "/{name}"},
		{"DELETE", "/mill", 405, "", "GET, HEAD", "/{name}"},
		{"GET", "/echo", 405, "", "POST", "/echo"},
		{"HEAD", "/echo", 405, "", "POST", "/echo"},
		{"PUT", "/echo", 405, "", "POST", "/echo"},
		{"POST", "/echo", 200, "", "", "/echo"},
		{"GET", "/task", 200, "", "", "/task"},
		{"GET", "/task/critical", 200, "", "", "/task/{name}"},
		{"POST", "/task", 405, "", "GET, HEAD", "/task"},
		{"GET", "/a/b", 404, "", "", ""},
		{"GET", "/task/", 404, "", "", ""},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.target, nil)
			resp := serve(t, r)
			if resp.StatusCode != c.status {
				t.Errorf("status %d, want %d", resp.StatusCode, c.status)
			}
			if got := resp.Header.Get("Allow"); got != c.allow {
				t.Errorf("Allow %q, want %q", got, c.allow)
			}
			if r.Pattern != c.pattern {
				t.Errorf("pattern %q, want %q", r.Pattern, c.pattern)
			}
			if got := resp.Header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options %q, want nosniff", got)
			}
			if got := readAll(t, resp); c.body != "" && got != c.body {
				t.Errorf("body %q, want %q", got, c.body)
			}
		})
	}
}

func TestHelloIsPlainText(t *testing.T) {
	for _, target := range []string{"/", "/mill"} {
		resp := serve(t, httptest.NewRequest("GET", target, nil))
		if got := resp.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
			t.Errorf("GET %s: Content-Type %q", target, got)
		}
	}
}

func TestHelloClientAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"[2001:db8::7]:1234": "Hello, 2001:db8::7!",
		"@":                  "Hello, @!",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		if got := readAll(t, serve(t, r)); got != want {
			t.Errorf("client %s: %q, want %q", remote, got, want)
		}
	}
}

// discard is a ResponseWriter that costs nothing, so that the benchmark shows
// the handler alone.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) WriteHeader(int)             {}
func (discard) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkHelloName(b *testing.B) {
	h := New(Config{BurnPerMs: -1})
	w := discard{make(http.Header)}
	r := httptest.NewRequest("GET", "/"+strings.Repeat("n", 16), nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(w, r)
	}
}
