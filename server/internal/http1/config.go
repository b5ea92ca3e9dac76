package http1

import (
	"log/slog"
	"time"
)

// A Config is what all exchanges of a server share. It must not change while
// one is served.
type Config struct {
	MaxHead int   // bytes of a request's head
	MaxBody int64 // bytes of a request's body; no limit if negative

	// ReadTimeout bounds the reading of a request from its first byte to its
	// last, and WriteTimeout the time from the end of its head to that of the
	// response, the handler's own included. 0 is no bound.
	ReadTimeout, WriteTimeout time.Duration

	// Pooled says that a handler holds what its Holder gives back.
	Pooled bool

	// MinRate is how many bytes a client that is waited for must send, or take,
	// in a second, after PaceGrace. 0 is none.
	MinRate int

	// WriteBuffer is how many bytes of one response may be queued for a client
	// that does not take them at once, without anybody waiting for it. Memory is
	// the budget of all that is kept so.
	WriteBuffer int
	Memory      *Budget

	Log     *slog.Logger
	Clock   Clock
	Dates   *Dates
	Closing func() bool // responses say Connection: close

	// Answer, if set, is the response to a request with a fault, for a client
	// that accepts such content; else it is that of the fault.
	Answer func(f *Fault, accept []byte) *Prebuilt

	// NoOptions has OPTIONS * reach the handler, which else is answered without
	// it.
	NoOptions bool
}

// A Clock tells the time since it was started. Reading it costs half of
// time.Now, which reads two of the system's clocks, and a request is stamped
// at every stage.
type Clock struct{ start time.Time }

// StartClock returns a clock that begins now.
func StartClock() Clock { return Clock{time.Now()} }

// Now is the time since the start.
func (c Clock) Now() time.Duration { return time.Since(c.start) }

// At is the point in time that comes d after the start.
func (c Clock) At(d time.Duration) time.Time { return c.start.Add(d) }
