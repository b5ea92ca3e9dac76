package http1

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A Date is the Date field of all responses of one second.
type Date struct{ text string }

// Dates makes a Date once a second, if it is asked for one. A timer ends each,
// so that to ask costs no look at the clock. The zero Dates is ready, and safe
// for concurrent use.
type Dates struct{ now atomic.Pointer[Date] }

// Now is the date of this second.
func (d *Dates) Now() *Date {
	if now := d.now.Load(); now != nil {
		return now
	}
	wall := time.Now()
	date := &Date{wall.UTC().Format(http.TimeFormat)}
	d.now.Store(date)
	time.AfterFunc(time.Second-time.Duration(wall.Nanosecond()), func() { d.now.CompareAndSwap(date, nil) })
	return date
}
