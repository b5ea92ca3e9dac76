package main

import (
	"maps"
	"net/http"

	"millpond/metrics"
	"millpond/metrics/status"
	"millpond/server"
	"millpond/server/upstream"
)

// Paths of the control lane, beside those of the live page.
const (
	livePath    = "/healthz"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// viewers is how many follow the live page on the admin address by an open
// stream. On the main address a stream would hold one of the two workers of the
// control lane, so there none is kept open.
const viewers = 128

// scrapes serves what c measures, what handler tells of its backends, and what
// became of the lines of the access log.
func (a *app) scrapes(handler http.Handler, c *metrics.Collector) http.Handler {
	lines := metrics.NewAccessLog(a.access)
	if proxy, ok := handler.(*upstream.Handler); ok {
		return metrics.Handler(a.log, c, lines, metrics.NewUpstream(proxy))
	}
	return metrics.Handler(a.log, c, lines)
}

// addLane makes the control lane of a server of handler. The live page is on
// the admin address, or on the main one if that is for this machine alone.
func (a *app) addLane(handler http.Handler, cfg status.Config) {
	a.metrics, a.page = cfg.Metrics, status.New(cfg)
	a.lane = server.Control{
		Live:     livePath,
		Ready:    readyPath,
		Handlers: map[string]http.Handler{metricsPath: a.scrapes(handler, cfg.Metrics)},
	}
	switch {
	case a.opts.AdminAddr != "":
		maps.Copy(a.lane.Handlers, a.page.Handlers(viewers))
	case a.loopback:
		maps.Copy(a.lane.Handlers, a.page.Handlers(0))
	}
}

// besideLane is next as it is served where the control lane has an address of its
// own. An app has those paths for itself; the demo, which would greet them by
// name, says that they are not here.
func (a *app) besideLane(next http.Handler) http.Handler {
	if !a.opts.isDemo() {
		return next
	}
	hidden := map[string]http.Handler{
		a.lane.Live:  http.NotFoundHandler(),
		a.lane.Ready: http.NotFoundHandler(),
	}
	for path := range a.lane.Handlers {
		hidden[path] = http.NotFoundHandler()
	}
	return server.Control{Handlers: hidden}.Handler(a.ready, next)
}
