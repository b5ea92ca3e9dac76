package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestEstimateOf(t *testing.T) {
	for _, c := range []struct {
		name              string
		values            []float64
		median, low, high float64
		interval          bool
	}{
		{"one trial has no spread", []float64{7}, 7, 7, 7, false},
		{"an even number takes the middle", []float64{4, 1}, 2.5, 1, 4, false},
		{"five trials show their range", []float64{5, 3, 1, 4, 2}, 3, 1, 5, false},
		// P(all six on one side of the median) = 2 × 0.5⁶ = 3.1 %: the extremes are
		// the interval.
		{"six trials bound the median", []float64{6, 5, 4, 3, 2, 1}, 3.5, 1, 6, true},
		// From tables of the sign test: ranks 2 and 9 of ten have 97.9 %.
		{"ten trials", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5.5, 2, 9, true},
	} {
		before := slices.Clone(c.values)
		e := EstimateOf(c.values)
		if e.Median != c.median || e.Low != c.low || e.High != c.high || e.Interval != c.interval {
			t.Errorf("%s: got %v in %v to %v (interval %v), want %v in %v to %v (interval %v)",
				c.name, e.Median, e.Low, e.High, e.Interval, c.median, c.low, c.high, c.interval)
		}
		if !slices.Equal(before, c.values) {
			t.Errorf("%s: the argument was changed", c.name)
		}
	}
	if e := EstimateOf(nil); !math.IsNaN(e.Median) {
		t.Errorf("no values: median %v, want NaN", e.Median)
	}
}

// TestEstimateCovers draws samples of a skewed distribution with median 1 and
// counts how often the interval holds it.
func TestEstimateCovers(t *testing.T) {
	const samples = 2000
	rng := rand.New(rand.NewPCG(1, 0))
	for _, n := range []int{6, 9, 20} {
		held := 0
		for range samples {
			values := make([]float64, n)
			for i := range values {
				values[i] = math.Exp(rng.NormFloat64())
			}
			if e := EstimateOf(values); e.Low <= 1 && 1 <= e.High {
				held++
			}
		}
		if share := float64(held) / samples; share < 0.94 {
			t.Errorf("%d trials: the interval holds the median in %.1f %% of samples, want at least 95 %%", n, 100*share)
		}
	}
}

func TestCompareValues(t *testing.T) {
	for _, c := range []struct {
		name                   string
		before, after          []float64
		ratio                  float64
		decidable, significant bool
	}{
		{"apart", []float64{100, 101, 102, 103}, []float64{50, 51, 52, 53}, 51.5 / 101.5, true, true},
		{"mixed", []float64{100, 101, 102, 103}, []float64{99.5, 100.5, 103.5, 101.5}, 101.0 / 101.5, true, false},
		{"three of each cannot tell", []float64{100, 101, 102}, []float64{1, 2, 3}, 2.0 / 101, false, false},
		{"all equal", []float64{5, 5, 5, 5}, []float64{5, 5, 5, 5}, 1, true, false},
		{"nothing before, nothing after", []float64{0}, []float64{0}, 1, false, false},
	} {
		got := compareValues(c.before, c.after)
		if math.Abs(got.ratio-c.ratio) > 1e-12 || got.decidable != c.decidable || got.significant() != c.significant {
			t.Errorf("%s: ratio %v, decidable %v, significant %v (p %v); want %v, %v, %v",
				c.name, got.ratio, got.decidable, got.significant(), got.p, c.ratio, c.decidable, c.significant)
		}
	}
	if got := compareValues([]float64{0}, []float64{1}); !math.IsNaN(got.ratio) {
		t.Errorf("from nothing to something: ratio %v, want NaN", got.ratio)
	}
}

func TestSmallestP(t *testing.T) {
	for _, c := range []struct {
		a, b int
		want float64
	}{{1, 1, 1}, {3, 3, 2.0 / 20}, {4, 4, 2.0 / 70}, {6, 6, 2.0 / 924}, {0, 5, 1}} {
		if got := smallestP(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("smallestP(%d, %d) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
