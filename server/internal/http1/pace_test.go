package http1

import (
	"math"
	"testing"
	"time"
)

// A client is waited for as long as it is as fast as the least rate, or was by
// what a socket buffer holds.
func TestPace(t *testing.T) {
	const ahead = aheadBytes / 240 * time.Second
	type wait struct {
		wait  time.Duration
		moved int64 // in all
	}
	for name, test := range map[string]struct {
		rate  int
		waits []wait
		left  time.Duration
	}{
		"not waited for":            {240, nil, 5 * time.Second},
		"moves nothing":             {240, []wait{{5 * time.Second, 0}}, 0},
		"at the least rate":         {240, []wait{{4 * time.Second, 960}, {4 * time.Second, 1920}, {4 * time.Second, 2880}}, 5 * time.Second},
		"at half of it":             {240, []wait{{4 * time.Second, 480}, {4 * time.Second, 960}}, time.Second},
		"a buffer ahead":            {240, []wait{{0, 1 << 30}, {0, 2 << 30}}, ahead + PaceGrace + time.Second*32/240},
		"nothing counts twice":      {240, []wait{{0, 480}, {0, 240}, {0, 480}}, 7 * time.Second},
		"no rate":                   {0, []wait{{time.Hour, 0}}, math.MaxInt64},
		"more than can be computed": {1, []wait{{0, math.MaxInt64}}, PaceGrace + aheadBytes*time.Second},
	} {
		p := NewPace(test.rate)
		for _, w := range test.waits {
			p.Waited(w.wait, w.moved)
		}
		if got := p.Left().Round(time.Millisecond); got != test.left.Round(time.Millisecond) {
			t.Errorf("%s: %v left, want %v", name, got, test.left)
		}
	}
}
