package main

import (
	"io"
	"net/http"
	"sync/atomic"
)

// Paths of the control lane.
const (
	livePath    = "/healthz"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// control answers probes and scrapes on a net/http server, in the words of server.Control.
type control struct {
	draining atomic.Bool
	metrics  http.Handler
}

// handlers returns the control lane by path.
func (c *control) handlers() map[string]http.Handler {
	return map[string]http.Handler{
		livePath:    onlyGet(c.live),
		readyPath:   onlyGet(c.ready),
		metricsPath: c.metrics,
	}
}

// live never depends on load: a process that answers is alive.
func (c *control) live(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive\n") }

// ready tells a balancer to send no more requests once the drain has begun.
func (c *control) ready(w http.ResponseWriter, _ *http.Request) {
	if c.draining.Load() {
		w.Header().Set("Retry-After", "1")
		answer(w, http.StatusServiceUnavailable, "draining\n")
		return
	}
	answer(w, http.StatusOK, "ready\n")
}

func onlyGet(probe http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			answer(w, http.StatusMethodNotAllowed, "use GET or HEAD\n")
			return
		}
		probe(w, r)
	})
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // The probe may have gone.
}

// absent makes the paths of the control lane unknown: they are on the admin address.
func absent() map[string]http.Handler {
	lane := new(control).handlers()
	for path := range lane {
		lane[path] = http.NotFoundHandler()
	}
	return lane
}

// reserve takes the paths of lane away from next.
func reserve(lane map[string]http.Handler, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, ok := lane[r.URL.Path]; ok {
			h.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
