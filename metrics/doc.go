// Package metrics shows servers and pools to Prometheus. It is the only package
// that imports a Prometheus library.
//
// A [Collector] measures one server or one pool. It is registered like any
// other, with the registry of the program,
//
//	srv := &server.Server{Handler: mux}
//	prometheus.MustRegister(metrics.New(srv))
//
// or served alone, with the metrics of the runtime and of the process:
//
//	srv.Control.Handlers = map[string]http.Handler{
//		"/metrics": metrics.Handler(nil, metrics.New(srv)),
//	}
//
// Two servers in one registry are told apart by a label that
// [prometheus.WrapRegistererWith] gives to all collectors there, those of pools
// included, which also have the label "pool": see the example of [NewNetHTTP].
//
// # What is counted
//
// Everything that packages server and pool count themselves is read in one
// snapshot per scrape, so that in every scrape
//
//	submitted = rejected + started + dropped + queue_depth
//	started   = completed + workers{state="busy"}
//
// Only histograms, the request counter and the panic counter are updated as
// requests pass. The names, by what they describe:
//
//	millpond_pool_*      a pool and its queue; absent in models that have none
//	millpond_http_*      connections, requests and responses
//	millpond_listener_*  the kernel's accept queues, where clients wait that the
//	                     process has not met yet
//	millpond_netns_*     the same of the whole network namespace
//	millpond_upstream_*  what is passed on to backends (NewUpstream)
//	millpond_access_log_*  what became of its lines (NewAccessLog)
//	millpond_config_info, millpond_draining, millpond_ready
//	go_*, process_*, promhttp_*   of Handler: the runtime, its scheduler
//	                     included, the process, and the scrapes themselves
//
// A refusal takes microseconds, so that a server which refuses more would look
// faster. Therefore millpond_http_request_duration_seconds has only what
// handlers have answered; refusals have
// millpond_http_refusal_duration_seconds, and millpond_http_requests_total has
// the label origin: handler, shed, refused, or control for probes and scrapes.
//
// What to alert on: millpond_pool_overloaded that stays 1, growth of
// millpond_pool_oldest_queued_seconds before any rejection, and then
// rate(millpond_pool_rejected_total).
// rate(millpond_pool_busy_seconds_total) / millpond_pool_workers_limit is the
// utilisation, and 1 minus that the headroom.
// millpond_pool_library_failures_total must stay 0.
//
// # Routes
//
// The label route is the pattern that an [http.ServeMux] has matched
// ([http.Request.Pattern]). Where a middleware copies the request, as
// [http.Request.WithContext] does, or another router is used, the pattern does
// not come back. There, a middleware says it with [SetRoute]:
//
//	func(w http.ResponseWriter, r *http.Request) { // around a ServeMux
//		mux.ServeHTTP(w, r)
//		metrics.SetRoute(w, r.Pattern)
//	}
//	func(w http.ResponseWriter, r *http.Request) { // in chi
//		next.ServeHTTP(w, r)
//		metrics.SetRoute(w, chi.RouteContext(r.Context()).RoutePattern())
//	}
//	func(c *gin.Context) { // in gin
//		c.Next()
//		metrics.SetRoute(c.Writer, c.FullPath())
//	}
//	func(c echo.Context) error { // in echo
//		err := next(c)
//		metrics.SetRoute(c.Response(), c.Path())
//		return err
//	}
//	func(w http.ResponseWriter, r *http.Request) { // in gorilla/mux
//		if route, err := mux.CurrentRoute(r).GetPathTemplate(); err == nil {
//			metrics.SetRoute(w, route)
//		}
//		next.ServeHTTP(w, r)
//	}
//
// The number of series is bounded whatever clients send: methods come from a
// list, routes are the patterns of the handler, at most a thousand, and all
// other labels are closed sets.
//
// # Traces
//
// A middleware that knows the trace of a request says so with [SetTraceID], and
// the duration of the request becomes an exemplar:
//
//	if span := trace.SpanContextFromContext(r.Context()); span.IsSampled() {
//		metrics.SetTraceID(w, span.TraceID().String())
//	}
//
// For how long the request has waited for its worker, [pool.QueueWait] tells:
//
//	if waited, ok := pool.QueueWait(r.Context()); ok {
//		span.SetAttributes(attribute.Float64("millpond.queue_wait", waited.Seconds()))
//	}
//
// Both belong inside of otelhttp or whatever starts the span, which runs
// unchanged: server/internal/conformance/thirdparty has a whole example.
//
// Exemplars travel by OpenMetrics and by protobuf, native histograms by protobuf
// only; a scraper asks for what it knows. Durations have both kinds of buckets.
package metrics
