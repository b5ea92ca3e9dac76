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

	// ReadTimeout bounds all waits for the body of one request together, and
	// WriteTimeout those for the client to take one response. The handler's
	// own time does not count. 0 is no time at all.
	ReadTimeout, WriteTimeout time.Duration

	Log      *slog.Logger
	Clock    Clock
	Dates    *Dates
	Draining func() bool // responses say Connection: close
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
