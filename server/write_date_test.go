package server

import (
	"net/http"
	"testing"
	"time"
)

func TestDateCache(t *testing.T) {
	var d dateCache
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	for _, test := range []struct {
		after time.Duration
		want  string
	}{
		{0, "Fri, 02 Jan 2026 02:04:05 GMT"},
		{time.Second - 1, "Fri, 02 Jan 2026 02:04:05 GMT"},
		{time.Second, "Fri, 02 Jan 2026 02:04:06 GMT"},
		{0, "Fri, 02 Jan 2026 02:04:05 GMT"}, // a clock that was set back
	} {
		if got := d.at(start.Add(test.after)); got != test.want {
			t.Errorf("after %v: %q; want %q", test.after, got, test.want)
		}
		if _, err := http.ParseTime(test.want); err != nil {
			t.Error(err)
		}
	}
}
