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
		// P(all six on one side of the median) = 2 × 0.5⁶ = 3.1 %: the extremes
		// are the interval.
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
