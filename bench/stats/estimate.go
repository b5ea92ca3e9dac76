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

// difference is how one figure changed from one set of trials to another.
type difference struct {
	before, after Estimate
	// ratio is the median after over the median before; NaN if before is 0.
	ratio float64
	// p is the probability of a difference at least as large if both sets came
	// from the same distribution (Mann–Whitney U, two-sided).
	p float64
	// decidable is false where even the largest possible difference between so
	// few trials could be chance.
	decidable bool
}

// compareValues tests whether after differs from before.
func compareValues(before, after []float64) difference {
	c := difference{before: EstimateOf(before), after: EstimateOf(after), ratio: math.NaN(), p: 1}
	switch {
	case c.before.Median != 0:
		c.ratio = c.after.Median / c.before.Median
	case c.after.Median == 0:
		c.ratio = 1
	}
	c.decidable = smallestP(len(before), len(after)) < 1-Confidence
	if !c.decidable {
		return c
	}
	u, err := stats.MannWhitneyUTest(before, after, stats.LocationDiffers)
	if err == nil { // the only error left is that all values are equal: p stays 1
		c.p = u.P
	}
	return c
}

// significant reports whether the difference may be claimed.
func (c difference) significant() bool { return c.decidable && c.p < 1-Confidence }

// smallestP is the p of two samples of sizes a and b that do not overlap at
// all: two orders out of (a+b choose a).
func smallestP(a, b int) float64 {
	if a == 0 || b == 0 {
		return 1
	}
	orders := 1.0
	for i := 1; i <= a; i++ {
		orders = orders * float64(b+i) / float64(i)
	}
	return 2 / orders
}
