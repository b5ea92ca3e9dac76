package http1

import (
	"strconv"
	"time"
)

// A timing is what a Server-Timing field says.
type timing struct {
	queued, began time.Time // when the request was queued, and when its handler began; zero: nothing is said
}

// Queued has the response say how long the request waited since then, and how
// long the handler took to the head of its response, in a Server-Timing field
// (https://www.w3.org/TR/server-timing/). It is called before Serve.
func (x *Exchange) Queued(since time.Time) {
	x.note(func(n *notes) { n.timing = timing{since, time.Now()} })
}

// writeTiming adds the field, if it is wanted.
func (x *Exchange) writeTiming() {
	if x.notes == nil || x.notes.timing.began.IsZero() {
		return
	}
	t := &x.notes.timing
	b := append(x.out.buf, "Server-Timing: queue;dur="...)
	b = appendMilliseconds(b, t.began.Sub(t.queued))
	b = append(b, ", run;dur="...)
	b = appendMilliseconds(b, time.Since(t.began))
	x.out.buf = append(b, "\r\n"...)
}

func appendMilliseconds(b []byte, d time.Duration) []byte {
	return strconv.AppendFloat(b, float64(d.Microseconds())/1000, 'f', -1, 64)
}
