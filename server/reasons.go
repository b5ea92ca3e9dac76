package server

import "fmt"

// A State is where a connection is on its way.
type State uint8

// The states of a connection.
const (
	StateNew     State = iota // accepted, nothing has arrived
	StateReading              // part of a request has arrived
	StateActive               // a request is queued, served or answered
	StateIdle                 // kept alive for a next request
	StateClosing              // answered for the last time, and drained so that the client reads it
	NumStates
)

var publicNames = [NumStates]string{"new", "reading", "active", "idle", "closing"}

// String is the name of the state, fit for a metric label.
func (s State) String() string { return label(s, publicNames[:]) }

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
	ClosePanic                       // a hook, or the server itself, panicked
	NumCloseReasons
)

var closeNames = [NumCloseReasons]string{"client", "response", "idle_timeout", "head_timeout",
	"bad_request", "shed", "write_failed", "handler", "hijacked", "drain", "cut", "panic"}

// String is the name of the reason, fit for a metric label.
func (r CloseReason) String() string { return label(r, closeNames[:]) }

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
	BadUnbuildable                  // 400: it was judged to be right, but no http.Request could be made of it
	NumBadReasons
)

var badNames = [NumBadReasons]string{"malformed", "target_too_long", "head_too_large", "head_timeout",
	"body_too_large", "body_timeout", "transfer_coding", "version", "expectation", "unbuildable"}

// String is the name of the reason, fit for a metric label.
func (r BadReason) String() string { return label(r, badNames[:]) }

// A ShedReason is why a request was answered 503 without being worked on.
type ShedReason uint8

// The reasons to shed.
const (
	ShedQueueFull   ShedReason = iota // no room in the queue
	ShedPaced                         // under overload, newer requests would take its place
	ShedPushedOut                     // under overload, newer requests took its place in the queue
	ShedWaited                        // it was not begun within the time that requests may wait
	ShedDeadline                      // it could not be begun within its X-Request-Timeout
	ShedDraining                      // still queued when Shutdown ran out of time
	ShedThreads                       // model thread: Go dies at 10,000 threads
	ShedControlFull                   // no room in the control lane
	ShedStreams                       // a handler was to wait for its client, or took the connection, and Streams do already
	ShedMemory                        // BufferMemory is used up, and this one had waited longest for the rest of its request
	NumShedReasons
)

var shedNames = [NumShedReasons]string{"queue_full", "paced", "pushed_out",
	"waited_too_long", "deadline", "draining", "threads", "control_full", "streams", "memory"}

// String is the name of the reason, fit for a metric label.
func (r ShedReason) String() string { return label(r, shedNames[:]) }

// An Origin is who answered a request. Only the handler's answers say how long
// work takes: the others are quick whatever the load.
type Origin uint8

// The origins of answers.
const (
	OriginHandler Origin = iota // Server.Handler
	OriginControl               // the control lane: probes and Control.Handlers
	OriginShed                  // the server: 503, the request was shed
	OriginRefused               // the server: the request was refused for what it is
	NumOrigins
)

var originNames = [NumOrigins]string{"handler", "control", "shed", "refused"}

// String is the name of the origin, fit for a metric label.
func (o Origin) String() string { return label(o, originNames[:]) }

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
func (e AcceptError) String() string { return label(e, acceptNames[:]) }

// label names a value of a closed set. One outside of it is shown as a number,
// so that a String method never panics.
func label[E ~uint8](value E, names []string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprintf("unknown_%d", uint8(value))
}
