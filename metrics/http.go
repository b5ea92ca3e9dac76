package metrics

import "millpond/server"

// httpFamilies are read from server.Stats in the models of package server.
var httpFamilies = []family{
	gauge("millpond_http_connections", connectionsHelp, labels("state"), func(s *server.Stats, send sender) {
		sendEach[server.State](send, s.Conns[:])
	}),
	acceptedFamily,
	counter("millpond_http_connections_closed_total", "Closed connections.", labels("reason"), func(s *server.Stats, send sender) {
		sendEach[server.CloseReason](send, s.Closed[:])
	}),
	counter("millpond_http_accept_errors_total", "Accept failures.", labels("reason"), func(s *server.Stats, send sender) {
		sendEach[server.AcceptError](send, s.AcceptErrors[:])
	}),
	counter("millpond_http_accept_paused_seconds_total", "Time the acceptor was stopped by backpressure or the connection cap.", nil,
		func(s *server.Stats, send sender) { send(s.AcceptPaused.Seconds()) }),
	inFlightFamily,
	counter("millpond_http_requests_shed_total", "Requests answered 503 without running.", labels("reason"), func(s *server.Stats, send sender) {
		sendEach[server.ShedReason](send, s.Shed[:])
	}),
	counter("millpond_http_bad_requests_total", "Requests that failed to parse, arrive or fit a limit.", labels("reason"), func(s *server.Stats, send sender) {
		sendEach[server.BadReason](send, s.BadRequests[:])
	}),
	counter("millpond_http_bad_timeouts_total", "Requests whose X-Request-Timeout was malformed, and ignored.", nil,
		func(s *server.Stats, send sender) { send(float64(s.BadTimeouts)) }),
	counter("millpond_http_received_bytes_total", "Bytes read from sockets.", nil, func(s *server.Stats, send sender) {
		send(float64(s.ReceivedBytes))
	}),
	counter("millpond_http_sent_bytes_total", "Bytes written to sockets.", nil, func(s *server.Stats, send sender) {
		send(float64(s.SentBytes))
	}),
	gauge("millpond_listener_backlog_connections", "Connections in the kernel's accept queue.", labels("listener"), func(s *server.Stats, send sender) {
		for _, b := range s.Backlogs {
			send(float64(b.Length), b.Listener)
		}
	}),
	gauge("millpond_listener_backlog_limit_connections", "Maximum of the kernel's accept queue.", labels("listener"), func(s *server.Stats, send sender) {
		for _, b := range s.Backlogs {
			send(float64(b.Limit), b.Listener)
		}
	}),
	counter("millpond_log_records_dropped_total", "Log records that were too many, or not taken in time.", nil,
		func(s *server.Stats, send sender) { send(float64(s.LogDropped)) }),
	drainingFamily,
}

// netHTTPFamilies are what can be told about a net/http server from outside.
var netHTTPFamilies = []family{
	gauge("millpond_http_connections", connectionsHelp, labels("state"), func(s *server.Stats, send sender) {
		for _, state := range []server.State{server.StateNew, server.StateActive, server.StateIdle} {
			send(float64(s.Conns[state]), state.String())
		}
	}),
	acceptedFamily,
	inFlightFamily,
	drainingFamily,
}

const connectionsHelp = "Open connections by state."

// Families that every model has.
var (
	acceptedFamily = counter("millpond_http_connections_accepted_total", "Accepted connections.", nil, func(s *server.Stats, send sender) {
		send(float64(s.Accepted))
	})
	inFlightFamily = gauge("millpond_http_requests_in_flight", "Requests read and not yet answered.", nil, func(s *server.Stats, send sender) {
		send(float64(s.InFlight))
	})
	drainingFamily = gauge("millpond_draining", "1 while the server shuts down.", nil, func(s *server.Stats, send sender) {
		send(one(s.Draining))
	})
)
