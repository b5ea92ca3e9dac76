package stats

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// minPairs is from how many pairs on a difference is looked for. With fewer, the
// spread of the pairs is too uncertain for any but the grossest to be found.
const minPairs = 4

// FalseAlarms is in what share of comparisons between equals some figure may be
// said to differ, at most. It is below 5 %, which is what is promised, because
// no machine is as well-behaved as a t-test supposes.
const FalseAlarms = 0.02

// pairs holds one figure before and after, measured pair by pair with the same
// schedule: what one schedule asks for more than another cancels out.
type pairs struct{ before, after []float64 }

// add takes a pair in, unless one of the two is not known.
func (p *pairs) add(before, after float64) {
	if !math.IsNaN(before) && !math.IsNaN(after) && !math.IsInf(before, 0) && !math.IsInf(after, 0) {
		p.before, p.after = append(p.before, before), append(p.after, after)
	}
}

// growths are the differences of the pairs, relative to the mean before, or if
// that is 0 to the mean after.
func (p pairs) growths() []float64 {
	mean := cmp.Or(stat.Mean(p.before, nil), stat.Mean(p.after, nil))
	growths := make([]float64, len(p.before))
	for i := range growths {
		if growths[i] = p.after[i] - p.before[i]; growths[i] != 0 {
			growths[i] /= mean
		}
	}
	return growths
}

// interval is where the mean of a sample lies with 95 % confidence (Student's t).
func interval(sample []float64) (mean, low, high float64) {
	mean, deviation := stat.MeanStdDev(sample, nil)
	n := float64(len(sample))
	if n < 2 {
		return mean, math.Inf(-1), math.Inf(1)
	}
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1+Confidence)/2) * stat.StdErr(deviation, n)
	return mean, mean - half, mean + half
}

// resolution is the least spread that a sample is believed to have: histograms
// tell values apart by a thousandth, and counts come in steps too.
const resolution = 1e-3

// above is the chance of such a sample if its mean were at most a bound:
// Student's t-test with one side.
func above(sample []float64, bound float64) float64 {
	mean, deviation := stat.MeanStdDev(sample, nil)
	n := float64(len(sample))
	t := (mean - bound) / stat.StdErr(max(deviation, resolution), n)
	return distuv.StudentsT{Sigma: 1, Nu: n - 1}.Survival(t)
}

// differs is the chance of such a sample if its mean were 0, whichever side it
// is on.
func differs(sample []float64) float64 {
	return min(1, 2*min(above(sample, 0), above(negated(sample), 0)))
}

// negated is a sample with every sign turned round.
func negated(sample []float64) []float64 {
	return floats.ScaleTo(make([]float64, len(sample)), -1, sample)
}

// holm corrects the chances of many tests, so that the chance of a single false
// alarm among all of them is what it was for one (Holm 1979). Unlike a
// correction for the expected number of them it needs no assumption on how they
// hang together.
func holm(chances []float64) []float64 {
	order := make([]int, len(chances))
	floats.ArgsortStable(slices.Clone(chances), order)
	corrected := make([]float64, len(chances))
	highest := 0.0
	for rank, i := range order {
		highest = min(1, max(highest, chances[i]*float64(len(chances)-rank)))
		corrected[i] = highest
	}
	return corrected
}
