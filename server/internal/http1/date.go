package http1

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A Date is the Date field of all responses of one second.
type Date struct {
	text  string
	until time.Duration // on the clock of its Dates
}

// Dates makes a Date once a second. It is safe for concurrent use.
type Dates struct {
	clock Clock
	last  atomic.Pointer[Date]
}

// NewDates returns dates by clock.
func NewDates(clock Clock) *Dates { return &Dates{clock: clock} }

// Now is the date of this second.
func (d *Dates) Now() *Date {
	now := d.clock.Now()
	if last := d.last.Load(); last != nil && now < last.until {
		return last
	}
	wall := time.Now()
	next := &Date{
		text:  wall.UTC().Format(http.TimeFormat),
		until: now + time.Second - time.Duration(wall.Nanosecond()),
	}
	d.last.Store(next)
	return next
}
