package main

import (
	"net/http"

	"millpond/metrics"
	"millpond/server"
)

// Paths of the control lane.
const (
	livePath    = "/healthz"
	readyPath   = "/readyz"
	metricsPath = "/metrics"
)

// addLane makes the control lane, which shows what c measures.
func (a *app) addLane(c *metrics.Collector) {
	a.metrics = c
	a.lane = server.Control{
		Live:     livePath,
		Ready:    readyPath,
		Handlers: map[string]http.Handler{metricsPath: metrics.Handler(a.log, c)},
	}
}

// hideLane makes the paths of the control lane unknown beside next: they are on
// the admin address.
func (a *app) hideLane(next http.Handler) http.Handler {
	hidden := map[string]http.Handler{
		a.lane.Live:  http.NotFoundHandler(),
		a.lane.Ready: http.NotFoundHandler(),
	}
	for path := range a.lane.Handlers {
		hidden[path] = http.NotFoundHandler()
	}
	return server.Control{Handlers: hidden}.Handler(a.draining.Load, next)
}
