package stats

import (
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// Confidence is the level of every interval and test in a report.
const Confidence = 0.95

// IntervalTrials is from how many trials on the order statistics of a sample
// can bound its median with 95 % confidence: 2 × 0.5⁶ is the first power of a
// half below 5 %.
const IntervalTrials = 6

// Estimate is the centre and the spread of one figure over repeated trials.
// Medians and order statistics are used throughout, because load measurements
// are not normally distributed (Maricq et al., OSDI 2018).
type Estimate struct {
	// Values are the figures of the single trials, ascending.
	Values []float64
	Median float64
	// Low and high bound the median with 95 % confidence if interval is true.
	// Otherwise they are the smallest and the largest value, and bound nothing.
	Low, High float64
	Interval  bool
}

// EstimateOf summarises values; it leaves them as they are. The estimate of no
// values is NaN.
func EstimateOf(values []float64) Estimate {
	n := len(values)
	if n == 0 {
		return Estimate{Median: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	sorted := slices.Sorted(slices.Values(values))
	e := Estimate{Values: sorted, Low: sorted[0], High: sorted[n-1], Median: medianOfSorted(sorted)}
	if n < IntervalTrials {
		return e
	}
	ci := stats.QuantileCI(n, 0.5, Confidence)
	e.Low, e.High, e.Interval = sorted[max(ci.LoOrder, 1)-1], sorted[min(ci.HiOrder, n)-1], true
	if ci.Ambiguous { // the interval one rank higher would do as well: show both
		e.High = sorted[min(ci.HiOrder+1, n)-1]
	}
	return e
}

func medianOfSorted(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
