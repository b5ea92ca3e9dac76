package stats

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"millpond/bench"
)

// latencies is a histogram of so many values of the same time.
func latencies(t *testing.T, n int, each time.Duration) bench.Histogram {
	t.Helper()
	h := bench.NewHDR()
	for range n {
		bench.Record(h, int64(each))
	}
	encoded, err := bench.NewHistogram(h)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestPointsAreInOrder(t *testing.T) {
	r := bench.Run{Trials: []bench.Trial{
		{Server: "haproxy", Phase: "3x", Rate: 300, Repeat: 1},
		{Server: "pool", Phase: "capacity", Rate: 0},
		{Server: "nethttp", Phase: "3x", Rate: 300, Repeat: 1},
		{Server: "pool", Phase: "10x", Rate: 1000, Repeat: 1},
		{Server: "pool", Phase: "3x", Rate: 300, Repeat: 2},
		{Server: "pool", Phase: "3x", Rate: 300, Repeat: 1},
		{Server: "echo", Phase: "3x", Rate: 300, Repeat: 1},
	}}
	var got []string
	for _, c := range Points(&r) {
		got = append(got, fmt.Sprint(c.Server, " ", c.Phase, " ", len(c.Trials), " ", c.Trials[0].Repeat))
	}
	want := []string{"pool 3x 2 1", "pool 10x 1 1", "nethttp 3x 1 1", "echo 3x 1 1", "haproxy 3x 1 1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestQuantileMerges takes 900 fast answers in one trial and 100 slow ones in
// another: the p99 of both together is slow, and no mean of the two.
func TestQuantileMerges(t *testing.T) {
	c := Point{Trials: []bench.Trial{
		{Offered: 900, Latency: bench.Latency{Served: latencies(t, 900, 10*time.Millisecond)}},
		{Offered: 100, Latency: bench.Latency{Served: latencies(t, 100, time.Second)}},
	}}
	got := c.Quantile(0.99, Served)
	if math.Abs(got.Median-1) > 0.01 || got.Rough {
		t.Errorf("p99 = %v (rough %v), want 1 s, not rough", got.Median, got.Rough)
	}
	if math.Abs(got.Low-0.01) > 0.001 || math.Abs(got.High-1) > 0.01 {
		t.Errorf("over trials from %v to %v, want 10 ms to 1 s", got.Low, got.High)
	}
	if got := c.Quantile(0.999, Served); !got.Rough {
		t.Error("p99.9 of 1,000 values is not marked as rough")
	}
	if got := c.Quantile(0.5, Shed); !math.IsNaN(got.Median) {
		t.Errorf("median of no refusals = %v, want NaN", got.Median)
	}
}

func TestOfferedTail(t *testing.T) {
	fast := latencies(t, 995, time.Millisecond)
	offered := func(n int64) Point {
		l := bench.Latency{Served: fast, Offered: bench.OfferedPercentiles(Decoded(fast), n)}
		return Point{Trials: []bench.Trial{{Offered: n, Latency: l}}}
	}
	few := offered(1000)
	if got := few.OfferedTail(); got.Infinite || math.Abs(got.Median-0.001) > 1e-5 {
		t.Errorf("5 of 1,000 failed: p99 %v (infinite %v), want 1 ms", got.Median, got.Infinite)
	}
	many := offered(1010)
	if got := many.OfferedTail(); !got.Infinite {
		t.Errorf("15 of 1,010 failed: p99 %v, want infinite", got.Median)
	}
}

func TestPointValidity(t *testing.T) {
	good, bad := bench.Trial{Validity: bench.Validity{Valid: true}}, bench.Trial{Validity: bench.Validity{Diverging: true}}
	if c := (Point{Trials: []bench.Trial{good, good}}); !c.Valid() || c.Diverging() {
		t.Error("two good trials do not make a valid point")
	}
	if c := (Point{Trials: []bench.Trial{good, bad}}); c.Valid() || !c.Diverging() {
		t.Error("one invalid and diverging trial of two does not show")
	}
}

func TestServerLeavesOutWhatIsUnknown(t *testing.T) {
	c := Point{Trials: []bench.Trial{{}, {Usage: new(bench.Usage)}, {Usage: &bench.Usage{PeakGoroutines: bench.Known(9)}}, {Usage: &bench.Usage{PeakGoroutines: bench.Known(0)}}}}
	if got := c.Usage(func(s *bench.Usage) bench.Value { return s.PeakGoroutines }); got.Median != 4.5 || len(got.Values) != 2 {
		t.Errorf("got %v of %v, want the median of 0 and 9", got.Median, got.Values)
	}
}
