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

// TestIntervalContainsItsCentre has many answers in one slow trial and few in the
// fast ones: the percentile of all of them together is outside of the interval.
func TestIntervalContainsItsCentre(t *testing.T) {
	p := Point{Trials: []bench.Trial{{Latency: bench.Latency{Served: latencies(t, 5000, 100*time.Millisecond)}}}}
	for range 8 {
		p.Trials = append(p.Trials, bench.Trial{Latency: bench.Latency{Served: latencies(t, 100, 10*time.Millisecond)}})
	}
	got := p.Quantile(0.5, Served)
	if !got.Interval || got.Median < got.Low || got.Median > got.High || math.Abs(got.Median-0.01) > 0.001 {
		t.Errorf("median %v in [%v, %v], want 10 ms within", got.Median, got.Low, got.High)
	}
	if got.Rough || !p.Quantile(0.99, Served).Rough {
		t.Error("the smallest trial has 50 values above its median and one above its p99: only the latter is rough")
	}
	if got := p.Quantile(0.5, Shed); !math.IsNaN(got.Median) {
		t.Errorf("median of no refusals = %v, want NaN", got.Median)
	}
}

func TestTailOfSomeTrialsIsInfinite(t *testing.T) {
	var p Point
	for _, v := range []bench.Value{bench.Known(1), bench.Known(2), bench.Known(3), bench.Known(4), bench.Known(5), bench.Infinite} {
		p.Trials = append(p.Trials, bench.Trial{Offered: 1000, Latency: bench.Latency{Offered: bench.Percentiles{P99: v}}})
	}
	if got := p.OfferedTail(); got.Infinite() || got.Median != 3.5 || !math.IsInf(got.High, 1) {
		t.Errorf("got %+v, want a median of 3.5 in an interval without end", got)
	}
}

func TestOfferedTail(t *testing.T) {
	fast := latencies(t, 995, time.Millisecond)
	offered := func(n int64) Point {
		l := bench.Latency{Served: fast, Offered: bench.OfferedPercentiles(Decoded(fast), n)}
		return Point{Trials: []bench.Trial{{Offered: n, Latency: l}}}
	}
	few := offered(1000)
	if got := few.OfferedTail(); got.Infinite() || math.Abs(got.Median-0.001) > 1e-5 {
		t.Errorf("5 of 1,000 failed: p99 %v (infinite %v), want 1 ms", got.Median, got.Infinite())
	}
	many := offered(1010)
	if got := many.OfferedTail(); !got.Infinite() {
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
	if got := c.Each(func(t bench.Trial) float64 { return t.Used().PeakGoroutines.Float() }); got.Median != 4.5 || len(got.Values) != 2 {
		t.Errorf("got %v of %v, want the median of 0 and 9", got.Median, got.Values)
	}
}

func TestTrialsThatWereMadeAgainDoNotCount(t *testing.T) {
	trial := func(phase string, goodput float64, search bool) bench.Trial {
		return bench.Trial{Server: "pool", Phase: phase, Goodput: goodput, Search: search}
	}
	points := Points(&bench.Run{Trials: []bench.Trial{trial("1x", 5, true), trial("1x", 7, false), trial("2x", 9, true)}})
	if len(points) != 2 || len(points[0].Trials) != 1 || points[0].Goodput().Median != 7 || points[1].Goodput().Median != 9 {
		t.Errorf("got %+v", points)
	}
}
