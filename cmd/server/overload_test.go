package main

import (
	"log/slog"
	"testing"
	"time"

	"millpond/pool"
)

func TestOverloadIsLogged(t *testing.T) {
	var log buffer
	noTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	trace := logOverload(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: noTime})))
	trace.OverloadBegan("default")
	trace.OverloadEnded(pool.Episode{
		Class: "default", Lasted: 2 * time.Second, Started: 400, Capacity: 200, Saved: 5 * time.Second,
		Rejected: [pool.NumRejectReasons]uint64{700, 200}, Dropped: [pool.NumDropReasons]uint64{90, 10},
	})
	want := `level=WARN msg="overloaded: requests are refused, so that others are served soon" class=default
level=INFO msg="calm again" class=default lasted=2s started=400 rejected=900 dropped=100 work_saved=5s capacity_per_second=200
`
	if got := log.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
