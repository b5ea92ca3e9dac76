package server

import (
	"fmt"
	"net/http"

	"millpond/pool"
	"millpond/server/internal/http1"
)

// Control is the control lane: paths, matched exactly, that never wait for
// a worker, and that Handler never sees. The probes are answered from prebuilt
// bytes by whoever reads the request; handlers run on two workers of their
// own. The zero Control reserves nothing.
type Control struct {
	// Live is the path of the liveness probe, which always gets a 200.
	Live string

	// Ready is the path of the readiness probe, which gets a 200, or a 503
	// once Shutdown has begun, and after Server.UnreadyAfter.
	Ready string

	// Handlers serve further paths.
	Handlers map[string]http.Handler
}

// Readiness is whether a balancer should send requests.
type Readiness uint8

// What the readiness probe can say.
const (
	Ready      Readiness = iota // 200
	Draining                    // 503: Shutdown has begun
	Overloaded                  // 503: an overload has lasted for Server.UnreadyAfter
	numReadiness
)

// The control pool is small: it is for a scrape now and then.
var controlPool = pool.Config{Workers: 2, Queue: 16}

func (ctl *Control) check() error {
	for path := range ctl.Handlers {
		if path == ctl.Live || path == ctl.Ready {
			return fmt.Errorf("server: Control.Handlers must not have the path of a probe, got %q", path)
		}
	}
	return nil
}

// Handler serves the control lane on a server of another kind, such as
// http.Server: the reserved paths as a Server does, and all others by next.
// What Ready answers, readiness says: that of a Server, for instance.
func (ctl Control) Handler(readiness func() Readiness, next http.Handler) http.Handler {
	answers := newProbes()
	return beside{next, func(w http.ResponseWriter, r *http.Request) {
		isGet := r.Method == http.MethodGet || r.Method == http.MethodHead
		if p := probe(&ctl, answers, r.URL.Path, isGet, answers.ready[readiness()]); p != nil {
			p.ServeHTTP(w, r)
		} else if h, ok := ctl.Handlers[r.URL.Path]; ok {
			h.ServeHTTP(w, r)
		} else {
			next.ServeHTTP(w, r)
		}
	}}
}

// beside is a control lane beside a handler.
type beside struct {
	next  http.Handler
	serve http.HandlerFunc
}

func (b beside) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.serve(w, r) }

// Handler implements router, if next does.
func (b beside) Handler(r *http.Request) (h http.Handler, pattern string) {
	if mux, ok := b.next.(router); ok {
		return mux.Handler(r)
	}
	return b.next, ""
}

// probe returns the answer to a probe, of which ready is that for readiness, or
// nil if path is that of none.
func probe[Path string | []byte](ctl *Control, p *probes, path Path, isGet bool, ready *http1.Prebuilt) *http1.Prebuilt {
	answer := p.live
	switch {
	case len(path) == 0:
		return nil
	case string(path) == ctl.Live:
	case string(path) == ctl.Ready:
		answer = ready
	default:
		return nil
	}
	if !isGet {
		return p.onlyGet
	}
	return answer
}

// probes are the answers of the control lane that need no handler.
type probes struct {
	live, onlyGet *http1.Prebuilt
	ready         [numReadiness]*http1.Prebuilt
}

func newProbes() *probes {
	const retryAfter = "Retry-After: 1\r\n"
	return &probes{
		live: &http1.Prebuilt{Status: http.StatusOK, Text: "alive\n"},
		ready: [...]*http1.Prebuilt{
			Ready:      {Status: http.StatusOK, Text: "ready\n"},
			Draining:   {Status: http.StatusServiceUnavailable, Text: "draining\n", Fields: retryAfter},
			Overloaded: {Status: http.StatusServiceUnavailable, Text: "overloaded\n", Fields: retryAfter},
		},
		onlyGet: &http1.Prebuilt{Status: http.StatusMethodNotAllowed, Text: "use GET or HEAD\n", Fields: "Allow: GET, HEAD\r\n"},
	}
}

// A router tells the pattern that a request matches, as an http.ServeMux does.
type router interface {
	Handler(*http.Request) (h http.Handler, pattern string)
}
