package bench

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// latencies is a histogram of so many values of the same time.
func latencies(t *testing.T, n int, each time.Duration) Histogram {
	t.Helper()
	h := newHDR()
	for range n {
		record(h, int64(each))
	}
	encoded, err := newHistogram(h)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestCellsAreInOrder(t *testing.T) {
	r := Run{Trials: []Trial{
		{Target: "haproxy", Phase: "3x", Rate: 300, Repeat: 1},
		{Target: "pool", Phase: "capacity", Rate: 0},
		{Target: "nethttp", Phase: "3x", Rate: 300, Repeat: 1},
		{Target: "pool", Phase: "10x", Rate: 1000, Repeat: 1},
		{Target: "pool", Phase: "3x", Rate: 300, Repeat: 2},
		{Target: "pool", Phase: "3x", Rate: 300, Repeat: 1},
		{Target: "echo", Phase: "3x", Rate: 300, Repeat: 1},
	}}
	var got []string
	for _, c := range r.cells() {
		got = append(got, fmt.Sprint(c.target, " ", c.phase, " ", len(c.trials), " ", c.trials[0].Repeat))
	}
	want := []string{"pool 3x 2 1", "pool 10x 1 1", "nethttp 3x 1 1", "echo 3x 1 1", "haproxy 3x 1 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestQuantileMerges takes 900 fast answers in one trial and 100 slow ones in
// another: the p99 of both together is slow, and no mean of the two.
func TestQuantileMerges(t *testing.T) {
	c := cell{trials: []Trial{
		{Offered: 900, Latency: Latency{Served: latencies(t, 900, 10*time.Millisecond)}},
		{Offered: 100, Latency: Latency{Served: latencies(t, 100, time.Second)}},
	}}
	got := c.quantile(0.99, servedOf)
	if math.Abs(got.median-1) > 0.01 || got.rough {
		t.Errorf("p99 = %v (rough %v), want 1 s, not rough", got.median, got.rough)
	}
	if math.Abs(got.low-0.01) > 0.001 || math.Abs(got.high-1) > 0.01 {
		t.Errorf("over trials from %v to %v, want 10 ms to 1 s", got.low, got.high)
	}
	if got := c.quantile(0.999, servedOf); !got.rough {
		t.Error("p99.9 of 1,000 values is not marked as rough")
	}
	if got := c.quantile(0.5, shedOf); !math.IsNaN(got.median) {
		t.Errorf("median of no refusals = %v, want NaN", got.median)
	}
}

func TestOfferedTail(t *testing.T) {
	fast := Latency{Served: latencies(t, 995, time.Millisecond)}
	few := cell{trials: []Trial{{Offered: 1000, Latency: fast}}}
	if got := few.offeredTail(); got.infinite || math.Abs(got.median-0.001) > 1e-5 {
		t.Errorf("5 of 1,000 failed: p99 %v (infinite %v), want 1 ms", got.median, got.infinite)
	}
	many := cell{trials: []Trial{{Offered: 1010, Latency: fast}}}
	if got := many.offeredTail(); !got.infinite {
		t.Errorf("15 of 1,010 failed: p99 %v, want infinite", got.median)
	}
}

func TestCellValidity(t *testing.T) {
	good, bad := Trial{Validity: Validity{Valid: true}}, Trial{Validity: Validity{Diverging: true}}
	if c := (cell{trials: []Trial{good, good}}); !c.valid() || c.diverging() {
		t.Error("two good trials do not make a valid point")
	}
	if c := (cell{trials: []Trial{good, bad}}); c.valid() || !c.diverging() {
		t.Error("one invalid and diverging trial of two does not show")
	}
}

func TestServerLeavesOutWhatIsUnknown(t *testing.T) {
	c := cell{trials: []Trial{{}, {Server: &Server{PeakGoroutines: -1}}, {Server: &Server{PeakGoroutines: 9}}}}
	if got := c.server(func(s *Server) float64 { return float64(s.PeakGoroutines) }); got.median != 9 || len(got.values) != 1 {
		t.Errorf("got %v of %v, want 9 alone", got.median, got.values)
	}
}
