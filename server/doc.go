// Package server is an HTTP/1 server that never takes on more work than it can
// finish. A [Server] is used like an [http.Server]; it differs in who runs a
// request, and when.
//
// # The path of a request
//
//	            accept.go      read, buffer.go   admit.go         work.go        reply.go
//	client ──▶ accept ──────▶ read the head ──▶ into the ──────▶ a worker: ────▶ answer, sent ──┐
//	           (MaxConns)     and a small body  bounded queue    http.Handler    as the client  │
//	                               ▲               │ full                        takes it       │
//	                               │               ▼                                ▲           │
//	                               │            shed.go: 503 + Retry-After ─────────┘           │
//	                               └──────────────────────── keep-alive ────────────────────────┘
//
// Between any two of these, a connection may be parked until its client sends,
// or takes, more. What belongs to a stage has its name in front. The bytes of a
// request, and of its answer, pass these files in this order:
//
//	accept.go     from the listener: by the poller (accept_linux.go), or one call
//	              at a time; accept_gate.go says when, accept_enroll.go counts them
//	read.go       until the head is whole, and judged
//	buffer.go     until the body is whole too, or too large to be kept
//	admit.go      of which class, client and deadline it is (admit_*.go); into the
//	              queue, or admit_block.go: until there is room in it
//	work.go       on a worker, to the handler (request.go has what it holds)
//	shed.go       or past it, with a 503; refuse.go: or a 4xx, for what it is
//	              (refusal*.go have what these say)
//	reply.go      what is left to be sent of the answer, as the client takes it;
//	              reply_prebuilt.go has those that no handler gives
//	linger.go     after the last answer: until the client has read it
//
// Beside the way:
//
//	server.go     what a Server is told (model.go has its choices); settings*.go
//	              and limits.go say what that comes to
//	serve*.go     what starts it; drain.go and lifecycle.go end it
//	engine*.go    what the stages share, and how it is put together
//	conn*.go      a connection: its states, its timers, its place in the table
//	drive*.go     the loop that moves it on; panic.go for what goes wrong there
//	expire.go     what becomes of it when its time is up: patience.go says for how
//	              long a slow client is waited for, streams*.go how many may be
//	control.go    the lane for probes and metrics
//	overload.go   how long a refusal asks the client to stay away
//	stats.go      what it tells: numbers, trace*.go events, log.go records,
//	              running.go and clients.go who is at work; reasons.go has the names
//
// Heads and bodies are read, and answers written, by package internal/http1;
// internal/poll carries their bytes and wakes who is parked.
//
// # The states of a connection
//
// One loop moves a connection on (drive.go): it calls the stage for the state
// that the connection is in, and the stage says what comes next. The models
// that bound nothing go through the same stages in a loop that waits
// (conn_own.go).
//
//	new ──┐                 ┌────────────── 400, 503, probes ───────────┐
//	      ▼                 │                                           ▼
//	   reading ──────▶ admitting ──▶ queued ──▶ serving ──────────▶ replying ──▶ lingering ──▶ closed
//	      ▲ ▲    └▶ buffering ─┘        │           │                 │  │
//	idle ─┘ │                           └── 503 ──▶─┼───────────────▶─┘  │
//	  ▲     │                                       └──▶ hijacked        │
//	  └─────┴────────────────────────── keep-alive ──────────────────────┘
//
// In full, besides closed, to which each can go:
//
//	new        → reading, blocked, buffering, admitting, replying
//	reading    → blocked, buffering, admitting, replying
//	idle       → reading, blocked, buffering, admitting, replying
//	blocked    → reading, idle
//	buffering  → admitting, replying
//	admitting  → queued, serving, replying
//	queued     → serving, replying
//	serving    → replying, hijacked
//	replying   → reading, idle, lingering
//
// Who owns it: whoever drives it, but in queued and blocked the pool, in
// serving a worker, and while it is parked nobody. It can be parked in new,
// reading, idle, buffering and lingering, for input, and in replying, for room.
// One that always has something to do lets others have their turn
// (drive_turns.go).
//
// # What holds at any time
//
//   - A parked connection holds no worker, no buffer (but for part of a
//     request, or of an answer) and, on Linux, no goroutine. Every connection that is
//     not being worked on has a timer.
//   - At most Pool.Workers handlers run, and at most Pool.Queue requests wait
//     for one of them to end. A handler that waits for its client, or has taken
//     the connection, or says that it waits ([Wait]), gives its place to others;
//     there are at most Streams of these.
//   - What moves connections on never waits for a client: that would keep all
//     others waiting. Only a handler does, while it reads a body larger than
//     BodyBuffer or writes a response larger than WriteBuffer, and only as long
//     as the client keeps to MinRate.
//   - What is kept for slow clients takes no more than BufferMemory.
//   - Every connection leaves by one call of conn.withdraw; its descriptor is
//     closed last.
//   - A panic in a handler is answered with a 500, one in a hook costs its
//     connection; each is logged, and none ends the process.
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
