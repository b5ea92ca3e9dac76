package server

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A dateCache formats the Date field once a second. It is safe for concurrent
// use.
type dateCache struct{ last atomic.Pointer[date] }

type date struct {
	second int64
	text   string
}

func (d *dateCache) at(now time.Time) string {
	second := now.Unix()
	if last := d.last.Load(); last != nil && last.second == second {
		return last.text
	}
	next := &date{second, now.UTC().Format(http.TimeFormat)}
	d.last.Store(next)
	return next.text
}
