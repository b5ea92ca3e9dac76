package server

import (
	"net/netip"
	"time"
)

// A Trace is a set of hooks that report what happens to connections and
// requests, in the manner of [net/http/httptrace]. Any hook may be nil, and
// costs nothing then. Hooks run on the goroutine where the event happens,
// some of them on the one that serves every connection: they must be quick
// and must not block. They are called concurrently. One that panics costs its
// connection, and is logged.
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

	// Accessed: as Done, with what a log says of a request. It costs every
	// request an allocation or two, and is called after Done. What it is given
	// is its own to keep.
	Accessed func(*Access)

	// Closed: a connection was closed, or handed to a handler by Hijack.
	Closed func(CloseReason)

	// Panicked: a handler panicked with value; http.ErrAbortHandler is not
	// reported.
	Panicked func(value any)
}

// A Request describes a request that has been answered, or cannot be any more.
type Request struct {
	Origin   Origin        // OriginHandler also if nobody came to answer it
	Method   string        // "" if the request was refused before it was known
	Route    string        // by SetRoute(string) of the ResponseWriter, or http.Request.Pattern; "" if no handler set it
	TraceID  string        // by SetTraceID(string) of the ResponseWriter
	Status   int           // 0 if nothing of a response was sent
	Received int64         // bytes of head and body read from the connection
	Sent     int64         // bytes of head and body given to the connection
	Duration time.Duration // first byte read, or waiting to be (OverflowBlock), to last byte written
}

// An Access is a request as a log of them has it.
type Access struct {
	Request
	At     time.Time     // when its head was whole, or it was refused
	Path   string        // as the client sent it, without the query; "" if the request line never came
	Client netip.Addr    // by the word of Server.TrustedProxies, if it came from one; invalid if it has none
	Class  string        // of Server.Classes, or "default"; "" if it was not to be queued
	Reason string        // why it was shed or refused, by the name of that; "" if it was not
	Queued time.Duration // it waited for a worker
	Run    time.Duration // in the handler
}

func (t *Trace) accepted() {
	if t.Accepted != nil {
		t.Accepted()
	}
}

func (t *Trace) stateMoved(from, to State) {
	if t.StateMoved != nil {
		t.StateMoved(from, to)
	}
}

func (t *Trace) shed(why ShedReason) {
	if t.Shed != nil {
		t.Shed(why)
	}
}

func (t *Trace) bad(why BadReason) {
	if t.Bad != nil {
		t.Bad(why)
	}
}

func (t *Trace) done(r Request) {
	if t.Done != nil {
		t.Done(r)
	}
}

func (t *Trace) accessed(a *Access) {
	if t.Accessed != nil {
		t.Accessed(a)
	}
}

func (t *Trace) closed(why CloseReason) {
	if t.Closed != nil {
		t.Closed(why)
	}
}

func (t *Trace) panicked(value any) {
	if t.Panicked != nil {
		t.Panicked(value)
	}
}
