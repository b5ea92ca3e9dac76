package experiment

import (
	"math"
	"testing"
	"time"

	"millpond/bench/load"
)

// erlangWait is the mean wait in an M/M/c queue (Erlang 1917), in units of the
// mean service time, at a utilisation below 1.
func erlangWait(servers int, utilisation float64) float64 {
	offered := float64(servers) * utilisation
	// The recursion for the blocking probability of Erlang B does not overflow.
	blocked := 1.0
	for k := 1; k <= servers; k++ {
		blocked = offered * blocked / (float64(k) + offered*blocked)
	}
	queued := blocked / (1 - utilisation*(1-blocked)) // Erlang C
	return queued / (float64(servers) * (1 - utilisation))
}

// erlangError is the standard error of the mean wait of n customers, in units of
// the mean service time. It is that of M/M/1, whose waits are the most
// correlated: with more servers it errs on the safe side.
func erlangError(servers int, utilisation float64, n int) float64 {
	r := utilisation
	variance := r * (2 + 5*r - 4*r*r + r*r*r) / math.Pow(1-r, 4)
	return math.Sqrt(variance/float64(n)) / float64(servers)
}

func TestErlangWait(t *testing.T) {
	for _, tc := range []struct {
		servers           int
		utilisation, want float64
	}{
		{1, 0.5, 1}, {1, 0.8, 4}, {1, 0.9, 9}, // ρ/(1−ρ)
		{2, 0.5, 1.0 / 3},        // ρ²/(1−ρ²)
		{4, 0.8, 0.745540559234}, // tables of Erlang C: 0.59643 waits
		{100, 0.5, 0},
	} {
		if got := erlangWait(tc.servers, tc.utilisation); math.Abs(got-tc.want) > 1e-6 {
			t.Errorf("M/M/%d at %v: mean wait %v services, want %v", tc.servers, tc.utilisation, got, tc.want)
		}
	}
}

func TestSimulatedQueueAgreesWithErlang(t *testing.T) {
	for _, tc := range []struct {
		servers     int
		utilisation float64
	}{{1, 0.5}, {1, 0.8}, {4, 0.8}, {10, 0.9}} {
		mean := time.Millisecond
		rate := tc.utilisation * float64(tc.servers) / mean.Seconds()
		at := load.Arrivals{Segments: []load.Segment{{From: rate, To: rate, Length: time.Duration(200_000 / rate * 1e9)}}, Seed: 1}.Times()
		got := simulateQueue(at, tc.servers, exponential(mean, 1)) / float64(mean)
		want, tolerance := erlangWait(tc.servers, tc.utilisation), 3*erlangError(tc.servers, tc.utilisation, len(at))
		if math.Abs(got-want) > tolerance {
			t.Errorf("M/M/%d at %v: simulated wait %v, Erlang says %v ± %v", tc.servers, tc.utilisation, got, want, tolerance)
		}
	}
}

func TestSimulatedQueueByHand(t *testing.T) {
	ten := func() int64 { return 10 }
	if got := simulateQueue([]int64{0, 0, 0, 25}, 1, ten); got != (0+10+20+5)/4.0 {
		t.Errorf("one server: mean wait %v, want 8.75", got)
	}
	if got := simulateQueue([]int64{0, 0, 0, 25}, 2, ten); got != 10/4.0 {
		t.Errorf("two servers: mean wait %v, want 2.5", got)
	}
}
