// Package server is an HTTP/1 server that never takes on more work than it can
// finish. A [Server] is used like an [http.Server]; it differs in who runs a
// request, and when.
//
// # The path of a request
//
//	            accept.go      park.go        read.go         submit.go         work.go        write.go
//	client ──▶ accept ──────▶ wait until ──▶ read the head ─▶ into the ───────▶ a worker: ───▶ response ─┐
//	           (MaxConns)     readable       and judge it     bounded queue     http.Handler             │
//	                              ▲                           │ full                                     │
//	                              │                           ▼                                          │
//	                              │                        shed.go: 503 + Retry-After                    │
//	                              └──────────────────────── keep-alive ──────────────────────────────────┘
//
// The files are named after the stages, and what belongs to a stage bears its
// name in front.
//
// # What holds at any time
//
//   - A connection has one owner: nobody while it is parked, or the goroutine
//     that moves it on, or the queue, or a worker (park.go).
//   - A parked connection holds no worker, no buffer and, on Linux, no
//     goroutine. Every connection that is not being worked on has a timer.
//   - At most Pool.Workers handlers run, and at most Pool.Queue requests wait
//     for one of them to end.
//   - What moves connections on never waits for a client: that would keep all
//     others waiting. Only a worker waits, while it reads a body or writes a
//     response, and only as long as ReadTimeout and WriteTimeout say.
//   - Every connection leaves by one call of conn.close or, hijacked, of
//     conn.leave; its descriptor is closed last.
//
// # Admission under load
//
// Handlers that hog every processor would keep the goroutine that accepts,
// reads and sheds waiting in the scheduler's queue. Therefore each worker runs
// a pass of the poller before it takes a request, if none has run for half a
// millisecond. That is the difference between a server whose goodput stays
// flat under overload and one whose clients time out in the kernel's backlog.
//
// # Models
//
// ModelGoroutine and ModelThread run the same stages with a goroutine, or an
// OS thread, for each connection and without a bound: what a bound buys can be
// seen by comparison. They have no pool, no queue and nothing to shed.
package server
