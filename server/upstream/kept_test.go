package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// TestMaxConns has more requests at a time than connections are allowed.
func TestMaxConns(t *testing.T) {
	var open, most atomic.Int64
	rig := newRig(t, Config{MaxConns: 2, Backends: []string{app(t, func(w http.ResponseWriter, r *http.Request) {
		n := open.Add(1)
		defer open.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		io.WriteString(w, "hello")
	})}})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				rig.do(t, "GET", "/", nil)
				rig.result(t, OutcomeServed)
			}
		})
	}
	all.Wait()
	if n := most.Load(); n < 1 || n > 2 {
		t.Errorf("%d requests were at the backend at a time, want 2 at most", n)
	}
}

// TestKept checks that connections are kept, unless that is not wanted.
func TestKept(t *testing.T) {
	for _, test := range []struct {
		idle int
		want uint64
	}{{0, 1}, {-1, 5}} {
		rig := newRig(t, Config{MaxIdleConns: test.idle, IdleTimeout: 1 << 40, Backends: []string{
			app(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Accept-Encoding") != "" {
					t.Errorf("Accept-Encoding %q, which the client did not send", r.Header.Get("Accept-Encoding"))
				}
				io.WriteString(w, "hello")
			})}})
		for range 5 {
			rig.do(t, "GET", "/", nil)
			rig.result(t, OutcomeServed)
		}
		if n := rig.handler.Stats().Backends[0].Connections; n != test.want {
			t.Errorf("MaxIdleConns %d: %d connections for 5 requests, want %d", test.idle, n, test.want)
		}
	}
}

// TestHTTPS has a backend with TLS, known and unknown.
func TestHTTPS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	rig := newRig(t, Config{Backends: []string{s.URL}, TLS: &tls.Config{RootCAs: roots}})
	if res, body, _ := rig.do(t, "GET", "/", nil); res.StatusCode != 200 || body != "HTTP/1.1" {
		t.Errorf("status %d, %q", res.StatusCode, body)
	}
	rig.result(t, OutcomeServed)
	stranger := newRig(t, Config{Backends: []string{s.URL}})
	stranger.do(t, "GET", "/", nil)
	stranger.result(t, OutcomeConnect)
}
