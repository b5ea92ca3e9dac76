package bench

import (
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// confidence is the level of every interval and test in a report.
const confidence = 0.95

// intervalTrials is from how many trials on the order statistics of a sample
// can bound its median with 95 % confidence: 2 × 0.5⁶ is the first power of a
// half below 5 %.
const intervalTrials = 6

// estimate is the centre and the spread of one figure over repeated trials.
// Medians and order statistics are used throughout, because load measurements
// are not normally distributed (Maricq et al., OSDI 2018).
type estimate struct {
	// values are the figures of the single trials, ascending.
	values []float64
	median float64
	// low and high bound the median with 95 % confidence if interval is true.
	// Otherwise they are the smallest and the largest value, and bound nothing.
	low, high float64
	interval  bool
}

// estimateOf summarises values; it leaves them as they are. The estimate of no
// values is NaN.
func estimateOf(values []float64) estimate {
	n := len(values)
	if n == 0 {
		return estimate{median: math.NaN(), low: math.NaN(), high: math.NaN()}
	}
	sorted := slices.Sorted(slices.Values(values))
	e := estimate{values: sorted, low: sorted[0], high: sorted[n-1], median: medianOfSorted(sorted)}
	if n < intervalTrials {
		return e
	}
	ci := stats.QuantileCI(n, 0.5, confidence)
	e.low, e.high, e.interval = sorted[max(ci.LoOrder, 1)-1], sorted[min(ci.HiOrder, n)-1], true
	if ci.Ambiguous { // the interval one rank higher would do as well: show both
		e.high = sorted[min(ci.HiOrder+1, n)-1]
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

// comparison is how one figure changed from one set of trials to another.
type comparison struct {
	before, after estimate
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
func compareValues(before, after []float64) comparison {
	c := comparison{before: estimateOf(before), after: estimateOf(after), ratio: math.NaN(), p: 1}
	switch {
	case c.before.median != 0:
		c.ratio = c.after.median / c.before.median
	case c.after.median == 0:
		c.ratio = 1
	}
	c.decidable = smallestP(len(before), len(after)) < 1-confidence
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
func (c comparison) significant() bool { return c.decidable && c.p < 1-confidence }

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
