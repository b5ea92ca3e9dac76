package stats

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"millpond/bench"
)

// Comparison is how the figures of one server, or result, differ from those of
// another under the same load.
type Comparison struct {
	// Differences are in the order of the later result.
	Differences []Difference
	// Notes say what else differs between the two, in whole sentences.
	Notes []string
}

// Difference is one figure of one server under one load, before and after.
type Difference struct {
	// Name is the run, server and phase, such as "contrast pool 3x".
	Name string
	// Metric is the figure, such as "goodput/s".
	Metric string
	// Change is the relative change of the mean: -0.1 is 10 % less. It is
	// infinite if there was nothing before. Low and High bound it with 95 %
	// confidence.
	Change, Low, High float64
	// P is the chance of such a difference between equals, corrected for all that
	// were looked at (a paired t-test; Holm).
	P float64
	// Decidable is false where there are too few pairs to tell a difference from
	// chance; Significant is true where P is below [FalseAlarms].
	Decidable, Significant bool

	// Before and After are what was compared.
	Before, After Estimate

	growths    []float64 // of the pairs
	lessIsGood bool
}

// comparedMeasures are the figures that are compared.
var comparedMeasures = []struct {
	name       string
	lessIsGood bool
	of         func(bench.Trial) float64
}{
	{name: "goodput/s", of: func(t bench.Trial) float64 { return t.Goodput }},
	{name: "p50 served", lessIsGood: true, of: func(t bench.Trial) float64 { return t.Latency.Served.P50.Float() }},
	{name: "p99 served", lessIsGood: true, of: func(t bench.Trial) float64 { return t.Latency.Served.P99.Float() }},
	{name: "peak memory", lessIsGood: true, of: func(t bench.Trial) float64 { return t.Used().PeakRSS.Float() }},
}

// Compare compares the servers and loads that both results hold: trial by
// trial, each with the one that had the same schedule. Loads are the same if
// their phases have the same name and their rates, in requests/s, are equal:
// multiples of a capacity that was measured twice are not. It fails if there is
// nothing to compare.
func Compare(before, after *bench.Result) (*Comparison, error) {
	if before.Config.Seed != after.Config.Seed {
		return nil, fmt.Errorf("the seeds differ, %d before and %d after, so no two trials had the same schedule: measure both with the same --seed",
			before.Config.Seed, after.Config.Seed)
	}
	earlier := map[string]Point{}
	for i := range before.Runs {
		for _, c := range Points(&before.Runs[i]) {
			earlier[pointName(&before.Runs[i], c)] = c
		}
	}
	out := &Comparison{Notes: unlike(before, after)}
	var rates []string
	for i := range after.Runs {
		for _, c := range Points(&after.Runs[i]) {
			name := pointName(&after.Runs[i], c)
			old, ok := earlier[name]
			switch {
			case ok && sameRate(old.Trials[0], c.Trials[0]):
				out.compare(name, old, c)
			case ok:
				rates = append(rates, fmt.Sprintf("%s is %.4g/s before and %.4g/s after", name, old.Rate(), c.Rate()))
			}
		}
	}
	if len(rates) > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("Loads that differ were left out: %s. Measure again with --capacity %g for the same loads.",
			strings.Join(rates, ", "), capacityOf(before)))
	}
	if len(out.Differences) == 0 {
		return nil, errors.New(strings.Join(append([]string{"the two results have no server and load in common"}, out.Notes...), ". "))
	}
	out.correct()
	return out, nil
}

// Versus compares the two servers that one run loaded in turns.
func Versus(run *bench.Run) (*Comparison, error) {
	out := &Comparison{}
	points := Points(run)
	for _, old := range points {
		for _, now := range points {
			if old.Server == bench.Before && now.Server == bench.After && old.Phase == now.Phase {
				out.compare(old.Phase, old, now)
			}
		}
	}
	if len(out.Differences) == 0 {
		return nil, errors.New("no load was complete with both servers")
	}
	out.correct()
	return out, nil
}

// rateTolerance is by how much the rates of equal loads may differ, for they were
// written as decimals in between.
const rateTolerance = 1e-6

// sameRate tells whether two trials offered the same. In a closed loop the rate
// is what came out, so the number of clients is compared.
func sameRate(a, b bench.Trial) bool {
	if a.Loop == "closed" {
		return a.Concurrency == b.Concurrency
	}
	return math.Abs(a.Rate-b.Rate) <= rateTolerance*math.Abs(a.Rate)
}

// pointName names a point in a way that is the same in two results.
func pointName(r *bench.Run, c Point) string {
	return strings.Join([]string{r.Kind, c.Server, c.Phase, r.Workload}, " ")
}

// compare pairs the trials of two points. A pair in which one is invalid shows
// what disturbed it rather than a server, so it is left out.
func (out *Comparison) compare(name string, before, after Point) {
	matched, disturbed := 0, 0
	figures := make([]pairs, len(comparedMeasures))
	for _, old := range before.Trials {
		for _, now := range after.Trials {
			if old.Repeat != now.Repeat || old.Search || now.Search {
				continue
			}
			matched++
			switch {
			case !old.Validity.Valid || !now.Validity.Valid:
				disturbed++
			default:
				for i, m := range comparedMeasures {
					figures[i].add(m.of(old), m.of(now))
				}
			}
		}
	}
	if disturbed > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%s: %d of %d pairs were left out, because a trial in them is invalid.", name, disturbed, matched))
	}
	for i, m := range comparedMeasures {
		if p := figures[i]; len(p.before) > 0 {
			out.Differences = append(out.Differences, newDifference(name, m.name, m.lessIsGood, p))
		}
	}
}

// newDifference is one figure, its chance not corrected yet.
func newDifference(name, metric string, lessIsGood bool, p pairs) Difference {
	d := Difference{
		Name: name, Metric: metric, Before: EstimateOf(p.before), After: EstimateOf(p.after),
		P: 1, Decidable: len(p.before) >= minPairs, growths: p.growths(), lessIsGood: lessIsGood,
	}
	d.Change, d.Low, d.High = interval(d.growths)
	if d.Change != 0 && d.Before.High == 0 {
		d.Change, d.Low, d.High = math.Inf(1), math.Inf(1), math.Inf(1)
	}
	if d.Decidable {
		d.P = differs(d.growths)
	}
	return d
}

// correct makes up for the number of figures that were looked at.
func (out *Comparison) correct() {
	chances := out.corrected(func(d Difference) float64 { return d.P })
	for i := range out.Differences {
		d := &out.Differences[i]
		d.P = chances[i]
		d.Significant = d.Decidable && d.P < FalseAlarms
	}
}

// corrected applies Holm's correction to a chance of every figure that can be
// decided.
func (out *Comparison) corrected(chance func(Difference) float64) []float64 {
	var raw []float64
	for _, d := range out.Differences {
		if d.Decidable {
			raw = append(raw, chance(d))
		}
	}
	raw = holm(raw)
	chances := make([]float64, len(out.Differences))
	for i, d := range out.Differences {
		chances[i] = 1
		if d.Decidable {
			chances[i], raw = raw[0], raw[1:]
		}
	}
	return chances
}

// Regressions are the figures that got worse by more than the given share,
// chance being ruled out for all of them together as [FalseAlarms] says. It
// fails if no difference at all could be told from chance, because a gate that
// cannot close must not be taken for one that held.
func (out *Comparison) Regressions(share float64) ([]Difference, error) {
	chances := out.corrected(func(d Difference) float64 { return d.worseThan(share) })
	var worse []Difference
	decidable := false
	for i, d := range out.Differences {
		decidable = decidable || d.Decidable
		if d.Decidable && chances[i] < FalseAlarms {
			worse = append(worse, d)
		}
	}
	if !decidable {
		return nil, fmt.Errorf("too few pairs to tell a difference from chance: measure with --trials %d or more, better 10", minPairs)
	}
	return worse, nil
}

// worseThan is the chance of such pairs if the figure got worse by at most a
// share.
func (d Difference) worseThan(share float64) float64 {
	if d.lessIsGood {
		return above(d.growths, share)
	}
	return above(negated(d.growths), share)
}
