package metrics

import (
	"math"
	"testing"
	"time"
)

func TestQuantiles(t *testing.T) {
	h := newHistogram()
	if got := durationsOf(h); got.Count() != 0 || got.Quantile(0.5) != 0 {
		t.Errorf("of none: %d, %v", got.Count(), got.Quantile(0.5))
	}
	observe := func(d time.Duration, n int) {
		for range n {
			h.observe(d)
		}
	}
	observe(time.Hour, 50)
	before := durationsOf(h)
	observe(time.Millisecond, 50)
	observe(3*time.Millisecond, 40)
	observe(0, 10)
	observe(2*time.Second, 2)
	d := durationsOf(h).Since(before)
	if d.Count() != 102 {
		t.Errorf("%d durations, want 102", d.Count())
	}
	for q, want := range map[float64]time.Duration{
		0: 0, 0.05: 0, 0.2: time.Millisecond, 0.5: time.Millisecond, 0.9: 3 * time.Millisecond, 0.99: 2 * time.Second, 1: 2 * time.Second,
	} {
		if got := d.Quantile(q); math.Abs(float64(got-want)) > 0.05*float64(want) {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
}
