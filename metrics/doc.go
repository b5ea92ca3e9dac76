// Package metrics shows a server to Prometheus. It is the only package that imports a Prometheus library.
//
// Everything that package server counts itself is read in one snapshot per scrape, so that in every scrape
//
//	submitted = rejected + started + dropped + queue_depth
//	started   = completed + workers{state="busy"}
//
// Only histograms, the request counter and the panic counter are updated as requests pass.
//
// The names, by what they describe:
//
//	millpond_pool_*      the worker pool and its queue; absent in models that have none
//	millpond_http_*      connections, requests and responses
//	millpond_listener_*  the kernel's accept queue, where clients wait that the process has not met yet
//	millpond_config_info, millpond_draining
//	go_*, process_*, promhttp_*   the runtime, its scheduler included, the process, and the scrapes themselves
//
// What to alert on: growth of millpond_pool_oldest_queued_seconds before any rejection, and then
// rate(millpond_pool_rejected_total). rate(millpond_pool_busy_seconds_total) / millpond_pool_workers_limit is the
// utilisation. millpond_pool_library_failures_total must stay 0.
//
// The number of series is bounded whatever clients send: methods come from a list, routes are the patterns of the
// handler, and all other labels are closed sets.
package metrics
