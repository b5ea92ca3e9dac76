package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"millpond/bench"
)

// machine makes up what a comparison of two servers on a real machine finds:
// six loads with four figures each. A schedule and the machine's mood are
// common to a pair; on top comes the noise of each trial, and now and then
// something else wants the processor.
type machine struct {
	noise, outliers float64
	random          *rand.Rand
}

func (m machine) value(common float64) float64 {
	v := common * math.Exp(m.noise*m.random.NormFloat64())
	if m.random.Float64() < m.outliers {
		v *= 1 - 0.4*m.random.Float64()
	}
	return math.Round(v*10) / 10 // figures come in steps
}

// comparison measures the same binary twice, the second slowed by a share.
func (m machine) comparison(trials int, slower float64) *Comparison {
	out := &Comparison{}
	for load := range 6 {
		for _, figure := range comparedMeasures {
			var p pairs
			for range trials {
				common := 100 * math.Exp(0.1*m.random.NormFloat64())
				factor := 1 - slower
				if figure.lessIsGood {
					factor = 1 / factor
				}
				p.add(m.value(common), factor*m.value(common))
			}
			out.Differences = append(out.Differences, newDifference(fmt.Sprint(load), figure.name, figure.lessIsGood, p))
		}
	}
	out.correct()
	return out
}

// TestFalseAlarmsAndPower compares a binary with itself, which must look like a
// difference in 1 of 20 comparisons at most, all 24 figures of each taken
// together; and with one that is 10 % slower, which must be found.
func TestFalseAlarmsAndPower(t *testing.T) {
	const comparisons = 400
	for _, c := range []struct {
		trials          int
		noise, outliers float64
		power           float64 // share of comparisons that find 10 %
		red             float64 // and that fail --fail-on 5%
	}{
		{trials: 4, noise: 0.01, power: 0.8, red: 0.5},
		{trials: 6, noise: 0.03, power: 0.95, red: 0.5},
		{trials: 10, noise: 0.03, power: 1, red: 0.99},
		{trials: 10, noise: 0.03, outliers: 0.05, power: 0.99, red: 0.8},
	} {
		m := machine{c.noise, c.outliers, rand.New(rand.NewPCG(1, uint64(c.trials)))}
		alarms, gates, found, red := 0, 0, 0, 0
		for range comparisons {
			same := m.comparison(c.trials, 0)
			if slices.ContainsFunc(same.Differences, func(d Difference) bool { return d.Significant }) {
				alarms++
			}
			if worse, _ := same.Regressions(0.05); len(worse) > 0 {
				gates++
			}
			slower := m.comparison(c.trials, 0.1)
			if slices.ContainsFunc(slower.Differences, func(d Difference) bool { return d.Significant && d.lessIsGood == (d.Change > 0) }) {
				found++
			}
			if worse, _ := slower.Regressions(0.05); len(worse) > 0 {
				red++
			}
		}
		share := func(n int) float64 { return float64(n) / comparisons }
		t.Logf("%d trials, noise %.0f %%, outliers %.0f %%: false alarms %.1f %%, false red gates %.1f %%; 10 %% slower found in %.1f %%, gate red in %.1f %%",
			c.trials, 100*c.noise, 100*c.outliers, 100*share(alarms), 100*share(gates), 100*share(found), 100*share(red))
		if share(alarms) > 0.05 || share(gates) > 0.05 {
			t.Errorf("%+v: %.1f %% false alarms and %.1f %% false red gates, want at most 5 %%", c, 100*share(alarms), 100*share(gates))
		}
		if share(found) < c.power || share(red) < c.red {
			t.Errorf("%+v: 10 %% slower is found in %.1f %% and turns the gate red in %.1f %%", c, 100*share(found), 100*share(red))
		}
	}
}

func TestPairs(t *testing.T) {
	for _, c := range []struct {
		name                   string
		before, after          []float64
		change                 float64
		decidable, significant bool
	}{
		{"apart", []float64{100, 101, 102, 103}, []float64{50, 51, 52, 53}, -50 / 101.5, true, true},
		{"apart, with noise", []float64{100, 101, 102, 103}, []float64{50, 52, 51, 53}, -50 / 101.5, true, true},
		{"what the schedules do cancels out", []float64{100, 200, 300, 400, 500}, []float64{110, 209, 311, 409, 511}, 10. / 300, true, true},
		{"mixed", []float64{100, 101, 102, 103}, []float64{101, 100, 103, 102}, 0, true, false},
		{"three pairs cannot tell", []float64{100, 101, 102}, []float64{1, 2, 4}, -(296. / 3) / 101, false, false},
		{"all equal", []float64{5, 5, 5, 5}, []float64{5, 5, 5, 5}, 0, true, false},
		{"nothing before, nothing after", []float64{0, 0, 0, 0}, []float64{0, 0, 0, 0}, 0, true, false},
		{"from something to nothing", []float64{9, 9, 8, 9}, []float64{0, 0, 0, 0}, -1, true, true},
		{"from nothing to something", []float64{0, 0, 0, 0, 0, 0}, []float64{1, 2, 1, 2, 1, 2}, math.Inf(1), true, true},
	} {
		var p pairs
		for i := range c.before {
			p.add(c.before[i], c.after[i])
		}
		p.add(math.NaN(), 1) // a figure that is not known in both is no pair
		p.add(1, math.Inf(1))
		out := &Comparison{Differences: []Difference{newDifference("", "", false, p)}}
		out.correct()
		got := out.Differences[0]
		if got.Change != c.change && math.Abs(got.Change-c.change) > 1e-12 || got.Decidable != c.decidable || got.Significant != c.significant {
			t.Errorf("%s: change %v, decidable %v, significant %v (p %v)", c.name, got.Change, got.Decidable, got.Significant, got.P)
		}
	}
}

func TestHolm(t *testing.T) {
	got := holm([]float64{0.01, 0.04, 0.03, 0.005})
	want := []float64{0.03, 0.06, 0.06, 0.02} // the example of Holm's paper
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12 {
			t.Errorf("got %v, want %v", got, want)
			break
		}
	}
	if got := holm([]float64{0.9, 0.8}); got[0] != 1 || got[1] != 1 {
		t.Errorf("chances above 1: %v", got)
	}
}

// measured is a result of so many trials of one load.
func measured(seed uint64, rate float64, goodputs ...float64) *bench.Result {
	run := bench.Run{Kind: "contrast", Capacity: rate / 3}
	for i, g := range goodputs {
		run.Trials = append(run.Trials, bench.Trial{
			Server: "pool", Phase: "3x", Repeat: i + 1, Rate: rate, Goodput: g, Loop: "open", Validity: bench.Validity{Valid: true},
		})
	}
	return &bench.Result{Config: bench.Config{Seed: seed}, Runs: []bench.Run{run}}
}

func TestOnlyEqualLoadsAreCompared(t *testing.T) {
	before := measured(1, 600, 100, 110, 105, 104)
	for name, c := range map[string]struct {
		after *bench.Result
		says  string
	}{
		"another axis":  {measured(1, 606, 100, 110, 105, 104), "600/s before and 606/s after. Measure again with --capacity 200"},
		"another seed":  {measured(2, 600, 100, 110, 105, 104), "the seeds differ, 1 before and 2 after"},
		"nothing alike": {&bench.Result{Config: bench.Config{Seed: 1}}, "no server and load in common"},
	} {
		if _, err := Compare(before, c.after); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.says)
		}
	}
}

func TestInvalidPairsAreLeftOut(t *testing.T) {
	after := measured(1, 600, 1, 100, 110, 105, 104)
	after.Runs[0].Trials[0].Validity.Valid = false
	out, err := Compare(measured(1, 600, 100, 100, 110, 105, 104), after)
	if err != nil {
		t.Fatal(err)
	}
	if d := out.Differences[0]; d.Change != 0 || len(d.Before.Values) != 4 {
		t.Errorf("a disturbed trial counts: %+v", d)
	}
	if len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "1 of 5 pairs") {
		t.Errorf("notes %q, want the pair that was left out", out.Notes)
	}
}
