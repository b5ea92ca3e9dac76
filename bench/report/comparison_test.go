package report

import (
	"strings"
	"testing"

	"millpond/bench"
	"millpond/bench/stats"
)

// slowed is a contrast whose pool has so many times the goodput, in each trial.
func slowed(trials int, factor float64) *bench.Result {
	r := madeUp(madeUpContrast([]string{"pool", "nethttp"}, []float64{0.5, 3}, trials))
	for i := range r.Runs[0].Trials {
		if t := &r.Runs[0].Trials[i]; t.Server == "pool" {
			t.Goodput *= factor
		}
	}
	return r
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after *bench.Result
		want          []string // name and change of each regression above 5 %
	}{
		{"the same again", slowed(6, 1), slowed(6, 1), nil},
		{"10 % less", slowed(6, 1), slowed(6, 0.9), []string{"contrast pool 0.5x /task?cpu=5ms 10 % less [10 %, 10 %]", "contrast pool 3x /task?cpu=5ms 10 % less [9.9 %, 10 %]"}},
		{"3 % less is within bounds", slowed(6, 1), slowed(6, 0.97), nil},
		{"more is not worse", slowed(6, 1), slowed(6, 1.2), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := stats.Compare(c.before, c.after)
			if err != nil {
				t.Fatal(err)
			}
			worse, err := out.Regressions(0.05)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range worse {
				got = append(got, d.Name+" "+ChangeOf(d))
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("regressions %q, want %q", got, c.want)
			}
		})
	}
}

func TestCompareWithTooFewTrials(t *testing.T) {
	out, err := stats.Compare(slowed(3, 1), slowed(3, 0.1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Regressions(0.05); err == nil || !strings.Contains(err.Error(), "--trials") {
		t.Errorf("a gate over three trials each: error %v, want one that names --trials", err)
	}
	var b strings.Builder
	if err := WriteComparison(&b, out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Too few pairs of trials to claim any difference") {
		t.Errorf("the table does not say that there are too few trials:\n%s", b.String())
	}
}

func TestCompareWhatIsUnlike(t *testing.T) {
	other := slowed(6, 1)
	other.Env.Go, other.Config.Queue = "go1.27", 2
	out, err := stats.Compare(slowed(6, 1), other)
	if err != nil {
		t.Fatal(err)
	}
	want := "The Go version differs: go1.26.8 before, go1.27 after.\nThe queue differs: 128 before, 2 after."
	if got := strings.Join(out.Notes, "\n"); got != want {
		t.Errorf("notes %q, want %q", got, want)
	}
	if _, err := stats.Compare(slowed(6, 1), madeUp(madeUpSize())); err == nil {
		t.Error("results with nothing in common are compared")
	}
}

func TestCompareGolden(t *testing.T) {
	out, err := stats.Compare(slowed(6, 1), slowed(6, 0.8))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := WriteComparison(&b, out); err != nil {
		t.Fatal(err)
	}
	golden(t, "compare.golden.txt", b.String())
}
