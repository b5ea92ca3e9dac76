package metrics

import (
	"maps"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// maxSeries is the most combinations of method, route and status that get series of their own. A handler with more
// of them, say one that makes up its patterns, has the rest counted under the route "other".
const maxSeries = 1000

// requests are the live instruments of responses. Reading them is lock-free: the table of known combinations is
// replaced as a whole when one is added, which is rare after the first seconds.
type requests struct {
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec

	known atomic.Pointer[map[series]instruments]
	mu    sync.Mutex // held to replace known
}

// series is one combination of labels.
type series struct {
	method, route string
	status        int
}

// instruments are those of one combination.
type instruments struct {
	total    prometheus.Counter
	duration prometheus.Observer
}

func newRequests(registry prometheus.Registerer) *requests {
	r := &requests{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "millpond_http_requests_total",
			Help: "Responses sent, those to refused requests included; code 0: nothing was sent.",
		}, labels("method", "code", "route")),
		duration: prometheus.NewHistogramVec(durations("millpond_http_request_duration_seconds",
			"First byte read to last byte written, queue included; under net/http, the time in the handler.", nil), labels("route")),
	}
	r.known.Store(&map[series]instruments{})
	registry.MustRegister(r.total, r.duration)
	return r
}

// done counts one response, or a request that got none.
func (r *requests) done(method, route string, status int, took time.Duration) {
	s := series{methodLabel(method), routeLabel(route), status}
	known := *r.known.Load()
	i, ok := known[s]
	if !ok && len(known) >= maxSeries {
		s.route = "other"
		i, ok = known[s]
	}
	if !ok {
		i = r.add(s)
	}
	i.total.Inc()
	if status != 0 { // A response that nobody got has no time.
		i.duration.Observe(took.Seconds())
	}
}

// add makes the instruments of s known. That is idempotent, so two goroutines may add the same.
func (r *requests) add(s series) instruments {
	i := instruments{
		total:    r.total.WithLabelValues(s.method, strconv.Itoa(s.status), s.route),
		duration: r.duration.WithLabelValues(s.route),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := maps.Clone(*r.known.Load())
	known[s] = i
	r.known.Store(&known)
	return i
}

// methodLabel keeps the methods of RFC 9110 §9 and RFC 5789. Others are a client's free choice.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace, http.MethodPatch:
		return method
	}
	return "other"
}

// routeLabel keeps the pattern that the handler matched.
func routeLabel(pattern string) string {
	if pattern == "" {
		return "unmatched"
	}
	return pattern
}
