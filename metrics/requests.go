package metrics

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/server"
)

// maxSeries is the most combinations of labels that get series of their own. A
// handler with more of them, say one that makes up its patterns, has the rest
// counted under the route "other".
const maxSeries = 1000

// requests are the live instruments of responses. Reading them is lock-free:
// the table of known combinations is replaced as a whole when one is added,
// which is rare after the first seconds.
type requests struct {
	total    *prometheus.CounterVec
	duration *histograms
	refusals *histograms

	known atomic.Pointer[map[series]*instruments]
	last  atomic.Pointer[instruments] // used last: most responses are like the one before
	mu    sync.Mutex                  // held to replace known
}

// series is one combination of labels.
type series struct {
	origin        server.Origin
	method, route string
	status        int
}

// instruments are those of one combination.
type instruments struct {
	series
	total    prometheus.Counter
	duration *histogram // nil if the time says nothing
}

func newRequests() *requests {
	r := &requests{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "millpond_http_requests_total",
			Help: "Responses sent, by who gave them: the handler, the control lane, or the server, which shed or refused the request. Code 0: nothing was sent.",
		}, labels("origin", "method", "code", "route")),
		duration: newHistograms("millpond_http_request_duration_seconds",
			"Responses of the handler: first byte read to last byte written, queue included; under net/http, the time in the handler.", nil, "route"),
		refusals: newHistograms("millpond_http_refusal_duration_seconds",
			"Responses to requests that were shed or refused: first byte read to last byte written, queue included.", nil, "origin"),
	}
	r.known.Store(&map[series]*instruments{})
	return r
}

// done counts one response, or a request that got none.
func (r *requests) done(q server.Request) {
	s := series{q.Origin, methodLabel(q.Method), routeLabel(&q), q.Status}
	i := r.last.Load()
	if i == nil || i.series != s {
		i = r.of(s)
		r.last.Store(i)
	}
	i.total.Inc()
	if i.duration != nil {
		i.duration.observeTraced(q.Duration, q.TraceID)
	}
}

// of are the instruments of s.
func (r *requests) of(s series) *instruments {
	known := *r.known.Load()
	i, ok := known[s]
	if !ok && len(known) >= maxSeries {
		s.route = "other"
		i, ok = known[s]
	}
	if !ok {
		i = r.add(s)
	}
	return i
}

// add makes the instruments of s known. That is idempotent, so two goroutines
// may add the same.
func (r *requests) add(s series) *instruments {
	route := strings.ToValidUTF8(s.route, "\uFFFD") // Prometheus panics at another label
	i := &instruments{
		series:   s,
		total:    r.total.WithLabelValues(s.origin.String(), s.method, strconv.Itoa(s.status), route),
		duration: r.timer(s, route),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := maps.Clone(*r.known.Load())
	known[s] = i
	r.known.Store(&known)
	return i
}

// timer returns what the time of a response is observed by. One that nobody got
// has no time, and that of a probe is of no interest.
func (r *requests) timer(s series, route string) *histogram {
	switch {
	case s.status == 0 || s.origin == server.OriginControl:
		return nil
	case s.origin == server.OriginHandler:
		return r.duration.of(route)
	}
	return r.refusals.of(s.origin.String())
}

// methodLabel keeps the methods of RFC 9110 §9 and RFC 5789. Others are a
// client's free choice.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace, http.MethodPatch:
		return method
	}
	return "other"
}

// routeLabel keeps the pattern that the handler matched. What the handler has
// not seen has no route.
func routeLabel(q *server.Request) string {
	if q.Route == "" && q.Origin == server.OriginHandler {
		return "unmatched"
	}
	return q.Route
}
