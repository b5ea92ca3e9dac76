package metrics

import (
	"cmp"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/server"
)

// NewNetHTTP measures a net/http server: it wraps srv.Handler, adds to
// srv.ConnState, and registers for the shutdown. Call it once, when the other
// fields are set and before srv serves. It costs about as much as New does. What
// net/http does not tell is absent: why connections close, socket bytes,
// requests that it refuses itself.
func NewNetHTTP(srv *http.Server) *Collector {
	n, requests := new(netHTTP), newRequests()
	if srv.Handler == nil {
		srv.Handler = http.DefaultServeMux
	}
	srv.Handler = n.measure(srv.Handler, requests)
	srv.ConnState = both2(n.moved, srv.ConnState)
	srv.RegisterOnShutdown(func() { n.draining.Store(true) })
	return &Collector{
		stats:    n.stats,
		families: netHTTPFamilies,
		requests: requests,
		others:   []prometheus.Collector{newConfigInfo("nethttp", "none")},
	}
}

// netHTTP counts what a net/http server lets one see.
type netHTTP struct {
	conns    [server.NumStates]atomic.Int64
	accepted atomic.Uint64
	inFlight atomic.Int64
	draining atomic.Bool
	states   sync.Map // net.Conn → *server.State
}

// stats is a snapshot. Each number is exact, but they are not read at one
// instant.
func (n *netHTTP) stats() server.Stats {
	s := server.Stats{
		InFlight: int(n.inFlight.Load()),
		Accepted: n.accepted.Load(),
		Draining: n.draining.Load(),
	}
	for i := range s.Conns {
		s.Conns[i] = int(n.conns[i].Load())
	}
	return s
}

// moved is a http.Server.ConnState hook. net/http calls it for one connection
// from one goroutine at a time, first with StateNew and last with StateClosed
// or StateHijacked.
func (n *netHTTP) moved(c net.Conn, to http.ConnState) {
	if to == http.StateNew {
		n.accepted.Add(1)
		n.conns[server.StateNew].Add(1)
		n.states.Store(c, new(server.State))
		return
	}
	found, _ := n.states.Load(c)
	state := found.(*server.State)
	n.conns[*state].Add(-1)
	switch to {
	case http.StateActive:
		*state = server.StateActive
	case http.StateIdle:
		*state = server.StateIdle
	default:
		n.states.Delete(c)
		return
	}
	n.conns[*state].Add(1)
}

// measure counts the responses of next.
func (n *netHTTP) measure(next http.Handler, requests *requests) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.inFlight.Add(1)
		defer n.inFlight.Add(-1)
		start := time.Now()
		sw := statusWriter{ResponseWriter: w}
		next.ServeHTTP(&sw, r) // A panic cuts the connection, so no response is counted.
		if sw.status == 0 {
			sw.status = http.StatusOK
		}
		requests.done(server.Request{
			Method: r.Method, Route: cmp.Or(sw.route, r.Pattern), TraceID: sw.traceID,
			Status: sw.status, Duration: time.Since(start),
		})
	})
}

// statusWriter remembers the status. Handlers reach Flush, Hijack and the like
// by http.ResponseController.
type statusWriter struct {
	http.ResponseWriter
	status         int
	route, traceID string
}

// SetRoute is for the function of that name.
func (w *statusWriter) SetRoute(route string) { w.route = route }

// SetTraceID is for the function of that name.
func (w *statusWriter) SetTraceID(id string) { w.traceID = id }

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom implements io.ReaderFrom: so net/http can have the kernel send a file.
func (w *statusWriter) ReadFrom(src io.Reader) (int64, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return io.Copy(w.ResponseWriter, src)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
