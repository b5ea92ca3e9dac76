package upstream

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// BenchmarkHello passes hello on, by one request at a time and by eight: by
// a Handler, and by a ReverseProxy as the standard library's documentation has
// it, on a transport that keeps as many connections. What a server in front
// costs is not in it.
func BenchmarkHello(b *testing.B) {
	backend := app(b, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") })
	target, err := url.Parse(backend)
	if err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: defaultMaxIdleConns}
	defer transport.CloseIdleConnections()
	bare := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.SetXForwarded()
	}}
	for name, h := range map[string]http.Handler{"upstream": newHandler(b, Config{Backends: []string{backend}}), "bare": bare} {
		b.Run(name+"/parallel=1", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				hello(b, h)
			}
		})
		b.Run(name+"/parallel=8", func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					hello(b, h)
				}
			})
		})
	}
}

func hello(b *testing.B, h http.Handler) {
	w := discard{http.Header{}}
	h.ServeHTTP(w, httptest.NewRequest("GET", "/hello?a=b", nil))
	if w.header.Get("Content-Length") != "5" {
		b.Fatalf("the response is not hello: %v", w.header)
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
