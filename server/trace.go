package server

import "time"

// A Trace is a set of hooks that report what happens to connections and
// requests, in the manner of [net/http/httptrace]. Any hook may be nil, and
// costs nothing then. Hooks run on the goroutine where the event happens,
// some of them on the one that serves every connection: they must be quick
// and must not block. They are called concurrently.
type Trace struct {
	// Accepted: a connection was accepted.
	Accepted func()

	// StateMoved: a connection went from one state to another. The first
	// move of a connection leaves StateNew.
	StateMoved func(from, to State)

	// Shed: a request, or a connection before its first one, was answered
	// 503 instead of being worked on.
	Shed func(ShedReason)

	// Bad: a request was refused for what it is.
	Bad func(BadReason)

	// Done: a response was sent or has failed, the server's own included, or
	// the client of a queued request has left.
	Done func(Request)

	// Closed: a connection was closed, or handed to a handler by Hijack.
	Closed func(CloseReason)

	// Panicked: a handler panicked with value; http.ErrAbortHandler is not
	// reported.
	Panicked func(value any)
}

// A Request describes a request that has been answered, or cannot be any more.
type Request struct {
	Method   string        // "" if the head was refused before it was known
	Route    string        // http.Request.Pattern, or "" if no handler set it
	Status   int           // 0 if nothing of a response was sent
	Received int64         // bytes of head and body read from the connection
	Sent     int64         // bytes of head and body given to the connection
	Duration time.Duration // first byte read to last byte written, queue included
}

// A State is where a connection is on its way.
type State uint8

// The states of a connection.
const (
	StateNew     State = iota // accepted, nothing has arrived
	StateReading              // part of a head has arrived
	StateActive               // a request is queued, served or answered
	StateIdle                 // kept alive for a next request
	StateClosing              // answered for the last time, and drained so that the client reads it
	NumStates
)

var stateNames = [NumStates]string{"new", "reading", "active", "idle", "closing"}

// String is the name of the state, fit for a metric label.
func (s State) String() string { return stateNames[s] }

// A CloseReason is why a connection was closed.
type CloseReason uint8

// The reasons to close a connection.
const (
	CloseClient   CloseReason = iota // the client left
	CloseResponse                    // the response said Connection: close
	CloseIdle                        // IdleTimeout
	CloseHead                        // ReadHeaderTimeout
	CloseBad                         // the request was refused for what it is
	CloseShed                        // the request was shed
	CloseWrite                       // the response could not be written, or not in time
	CloseHandler                     // the handler panicked, or answered less than it declared
	CloseHijacked                    // a handler took the connection
	CloseDrain                       // idle while the server was shutting down
	CloseCut                         // cut by Close
	NumCloseReasons
)

var closeNames = [NumCloseReasons]string{"client", "response", "idle_timeout", "head_timeout",
	"bad_request", "shed", "write_failed", "handler", "hijacked", "drain", "cut"}

// String is the name of the reason, fit for a metric label.
func (r CloseReason) String() string { return closeNames[r] }

// A BadReason is why a request was refused for what it is.
type BadReason uint8

// The reasons to refuse a request.
const (
	BadMalformed   BadReason = iota // 400
	BadTargetLong                   // 414
	BadHeadLarge                    // 431
	BadHeadTimeout                  // 408
	BadBodyLarge                    // 413
	BadBodyTimeout                  // 408
	BadCoding                       // 501
	BadVersion                      // 505
	BadExpect                       // 417
	NumBadReasons
)

var badNames = [NumBadReasons]string{"malformed", "target_too_long", "head_too_large", "head_timeout",
	"body_too_large", "body_timeout", "transfer_coding", "version", "expectation"}

// String is the name of the reason, fit for a metric label.
func (r BadReason) String() string { return badNames[r] }

// A ShedReason is why a request was answered 503 without being worked on.
type ShedReason uint8

// The reasons to shed.
const (
	ShedQueueFull ShedReason = iota // no room in the queue
	ShedDraining                    // still queued when Shutdown ran out of time
	ShedThreads                     // model thread: Go dies at 10,000 threads
	NumShedReasons
)

var shedNames = [NumShedReasons]string{"queue_full", "draining", "threads"}

// String is the name of the reason, fit for a metric label.
func (r ShedReason) String() string { return shedNames[r] }

// An AcceptError is why accepting a connection failed.
type AcceptError uint8

// The kinds of failure to accept.
const (
	AcceptNoFiles AcceptError = iota // out of file descriptors or memory
	AcceptOther
	NumAcceptErrors
)

var acceptNames = [NumAcceptErrors]string{"emfile", "other"}

// String is the name of the kind, fit for a metric label.
func (e AcceptError) String() string { return acceptNames[e] }
