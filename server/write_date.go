package server

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A date is the Date field of all responses of one second.
type date struct {
	text  string
	until time.Duration // on the clock of the cache
}

// A dateCache makes a date once a second. It is safe for concurrent use.
type dateCache struct {
	clock
	last atomic.Pointer[date]
}

func (d *dateCache) date() *date {
	now := d.now()
	if last := d.last.Load(); last != nil && now < last.until {
		return last
	}
	wall := time.Now()
	next := &date{
		text:  wall.UTC().Format(http.TimeFormat),
		until: now + time.Second - time.Duration(wall.Nanosecond()),
	}
	d.last.Store(next)
	return next
}
