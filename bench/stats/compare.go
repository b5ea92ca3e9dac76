package stats

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"millpond/bench"
)

// Comparison is how the figures of one result differ from those of another.
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
	// Change is the relative change of the median: -0.1 is 10 % less. It is
	// infinite if there was nothing before.
	Change float64
	// Worsening is Change if less is better and its opposite if more is.
	Worsening float64
	// P is the chance of such a difference between equals (Mann–Whitney U).
	P float64
	// Decidable is false where there are too few trials to tell a difference from
	// chance; Significant is true where chance is ruled out with 95 % confidence.
	Decidable, Significant bool

	// Before and After are what was compared.
	Before, After Estimate
}

// comparedMeasures are the figures that results are compared by.
var comparedMeasures = []struct {
	name       string
	lessIsGood bool
	of         func(Point) Estimate
}{
	{name: "goodput/s", of: Point.Goodput},
	{name: "p50 served", lessIsGood: true, of: func(c Point) Estimate { return c.Quantile(0.5, Served).Estimate }},
	{name: "p99 served", lessIsGood: true, of: func(c Point) Estimate { return c.Quantile(0.99, Served).Estimate }},
	{name: "peak memory", lessIsGood: true, of: func(c Point) Estimate {
		return c.Usage(func(s *bench.Usage) bench.Value { return s.PeakRSS })
	}},
}

// Compare compares the servers and loads that both results hold. Loads are the
// same if their phases have the same name. It fails if there are none.
func Compare(before, after *bench.Result) (*Comparison, error) {
	earlier := map[string]Point{}
	for i := range before.Runs {
		for _, c := range Points(&before.Runs[i]) {
			earlier[pointName(&before.Runs[i], c)] = c
		}
	}
	out := &Comparison{Notes: unlike(before, after)}
	for i := range after.Runs {
		for _, c := range Points(&after.Runs[i]) {
			name := pointName(&after.Runs[i], c)
			if old, ok := earlier[name]; ok {
				out.compare(name, old, c)
			}
		}
	}
	if len(out.Differences) == 0 {
		return nil, errors.New("the two results have no server and load in common")
	}
	return out, nil
}

// pointName names a point in a way that is the same in two results.
func pointName(r *bench.Run, c Point) string {
	return strings.Join([]string{r.Kind, c.Server, c.Phase, r.Workload}, " ")
}

func (out *Comparison) compare(name string, before, after Point) {
	for _, m := range comparedMeasures {
		old, now := m.of(before), m.of(after)
		if len(old.Values) == 0 || len(now.Values) == 0 {
			continue
		}
		c := compareValues(old.Values, now.Values)
		d := Difference{
			Name: name, Metric: m.name, Change: c.ratio - 1, P: c.p, Decidable: c.decidable, Significant: c.significant(),
			Before: old, After: now,
		}
		if math.IsNaN(c.ratio) {
			d.Change = math.Inf(1)
		}
		d.Worsening = d.Change
		if !m.lessIsGood {
			d.Worsening = -d.Change
		}
		out.Differences = append(out.Differences, d)
	}
}

// unlike says what makes two results hard to compare.
func unlike(a, b *bench.Result) []string {
	var notes []string
	for _, f := range []struct {
		name          string
		before, after any
	}{
		{"CPU", a.Env.CPUModel, b.Env.CPUModel},
		{"number of cores", a.Env.Cores, b.Env.Cores},
		{"kernel", a.Env.Kernel, b.Env.Kernel},
		{"Go version", a.Env.Go, b.Env.Go},
		{"pinning", fmt.Sprint(a.Env.GeneratorCores, a.Env.ServerCores), fmt.Sprint(b.Env.GeneratorCores, b.Env.ServerCores)},
		{"seed", a.Config.Seed, b.Config.Seed},
		{"duration", inSeconds(a.Config.Duration), inSeconds(b.Config.Duration)},
		{"limit", inSeconds(a.Config.Limit), inSeconds(b.Config.Limit)},
		{"number of workers", a.Config.Workers, b.Config.Workers},
		{"queue", a.Config.Queue, b.Config.Queue},
	} {
		if f.before != f.after {
			notes = append(notes, fmt.Sprintf("The %s differs: %v before, %v after.", f.name, f.before, f.after))
		}
	}
	return notes
}

// inSeconds writes a time in seconds.
func inSeconds(s float64) string { return time.Duration(s * 1e9).String() }

// Regressions are the differences that are significant and worse by more than
// the given share. It fails if no difference at all could be told from chance,
// because a gate that cannot close must not be taken for one that held.
func (out *Comparison) Regressions(share float64) ([]Difference, error) {
	var worse []Difference
	decidable := false
	for _, d := range out.Differences {
		decidable = decidable || d.Decidable
		if d.Significant && d.Worsening > share {
			worse = append(worse, d)
		}
	}
	if !decidable {
		return nil, errors.New("too few trials to tell a difference from chance: measure both with --trials 4 or more, better 6")
	}
	return worse, nil
}
