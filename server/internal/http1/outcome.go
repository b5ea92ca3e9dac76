package http1

import (
	"cmp"
	"time"
)

// An Outcome says how an exchange has ended.
type Outcome struct {
	Ending Ending
	Why    Cause  // the connection is to be closed, if Ending is not Sent or Hijacked
	Fault  *Fault // why the request could not be built, or its body not be read, if so
	Clean  bool   // nothing of the request is left unread
	Panic  any    // what the handler panicked with, unless that was http.ErrAbortHandler
	Stack  []byte // of the panic

	// Output is what is still to be sent; its new owner releases it. It is
	// nil if there is nothing to be sent any more.
	Output *Output
	Pace   Pace          // of the client that takes it
	Due    time.Duration // when it must have taken it, on the clock; 0 is never

	Method   string
	Path     string // of the request; "" if it could not be built
	Route    string // by SetRoute, or http.Request.Pattern; "" if no handler has set it
	TraceID  string // by SetTraceID
	Status   int    // 0 if nothing of a response was sent
	Received int64  // bytes of the head and the body that were read
	Sent     int64  // bytes given to the transport so far; Output counts on
}

// An Ending is what becomes of a connection after an exchange.
type Ending uint8

// The endings.
const (
	Sent     Ending = iota // the response is complete: the connection goes on once Output is sent
	SentLast               // the same, but it is closed then
	Hijacked               // the handler has taken it
	Aborted                // the handler has broken off a response: it is closed at once
	Failed                 // the client did not take the response: the same
)

// A Cause is why a connection is to be closed after an exchange.
type Cause uint8

// The causes.
const (
	CauseNone     Cause = iota
	CauseResponse       // the response said Connection: close, or ends with it
	CauseBad            // the request was refused for what it is
	CauseHandler        // the handler did not return, or wrote less than it declared
	CauseWrite          // the response could not be written, or not in time
)

// A verdict is what an Outcome says of the ending itself.
type verdict struct {
	ending Ending
	why    Cause
	clean  bool
	fault  *Fault
}

// Panicked reports whether the handler has panicked; Outcome says with what. It
// is called after Serve.
func (x *Exchange) Panicked() bool { return x.notes != nil && x.notes.caught != nil }

// Outcome says how the exchange has ended. It is called after Serve, and not
// any more once the output, which it hands over, was released.
func (x *Exchange) Outcome() (o Outcome) {
	v := &x.verdict
	o.Ending, o.Why, o.Fault, o.Clean = v.ending, v.why, v.fault, v.clean
	o.Method, o.Path, o.Route = x.req.Method, x.path(), x.req.Pattern
	o.Status, o.Received, o.Sent = int(x.status), x.bytesReceived(), x.out.Sent()
	n := x.notes
	if n != nil {
		o.Route, o.TraceID = cmp.Or(n.route, o.Route), n.traceID
	}
	if x.Panicked() {
		o.Panic, o.Stack = n.caught.value, n.caught.stack
	}
	switch v.ending {
	case Sent, SentLast:
		o.Output, o.Pace, o.Due = x.out, NewPace(x.cfg.MinRate), x.due[writing]
		if n != nil && n.paces != nil {
			o.Pace = n.paces[writing]
		}
	case Aborted, Failed:
		if o.Sent == 0 {
			o.Status = 0 // it was decided, but nobody got it
		}
	}
	return o
}

// bytesReceived is the number of those of the request that were read.
func (x *Exchange) bytesReceived() int64 {
	n := int64(x.head().Size)
	if x.body != nil {
		n += x.body.size
	}
	return n
}

// path is the target of the request without its query, for reports.
func (x *Exchange) path() string {
	path, _ := cut(x.asked.Target, '?')
	return path
}
