package report

import (
	"fmt"
	"strings"
	"testing"

	"millpond/bench"
	"millpond/bench/report/chart"
)

// brief is a trial of a made-up result in brief.
func brief(server string, multiple, goodput float64, diverging bool) bench.Trial {
	return bench.Trial{Server: server, Phase: fmt.Sprintf("%gx", multiple), Multiple: multiple, Rate: 100 * multiple, Goodput: goodput, Offered: 10,
		Outcomes: bench.Outcomes{OK: 10}, Validity: bench.Validity{Valid: true, Diverging: diverging}}
}

func TestCosts(t *testing.T) {
	for _, c := range []struct {
		name   string
		trials []bench.Trial
		want   []string
	}{
		{"another server that is better is named", []bench.Trial{brief("pool", 3, 100, false), brief("nethttp", 3, 150, false), brief("thread", 3, 50, true)},
			[]string{"At 3 × capacity, goodput per second: pool has 100, but nethttp 150."}},
		{"one that diverges is marked", []bench.Trial{brief("pool", 3, 100, false), brief("thread", 3, 150, true)},
			[]string{"but thread 150 (diverging)."}},
		{"a small lead is none", []bench.Trial{brief("pool", 3, 100, false), brief("nethttp", 3, 104, false)},
			[]string{"None found in this run", "At 3 × capacity the goodput of all servers is within 5 %"}},
		{"alone there is nothing to compare", []bench.Trial{brief("pool", 3, 100, false)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := newSweep(&bench.Run{Kind: "contrast", Trials: c.trials}).tradeoffs()
			if len(got) != len(c.want) {
				t.Fatalf("%d findings %q, want %d", len(got), got, len(c.want))
			}
			for i, want := range c.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("finding %q, want it to contain %q", got[i], want)
				}
			}
		})
	}
}

func TestVerdictOfManyServers(t *testing.T) {
	r := bench.Run{Kind: "contrast", Capacity: 150, Trials: []bench.Trial{brief("pool", 3, 149, false)}}
	for name, goodput := range map[string]float64{"a": 10, "b": 20, "c": 150, "d": 30, "e": 40} {
		r.Trials = append(r.Trials, brief(name, 3, goodput, false))
	}
	want := "At 3 × capacity (300 requests/s) pool kept 99 % of capacity as goodput; the 5 others from 6.7 % (a) to 100 % (c)."
	if got := verdictOf(&r).Headline; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestNobodyKeepsMoreThanThereIs has a server with more goodput than the capacity
// that was measured, and one that diverges.
func TestNobodyKeepsMoreThanThereIs(t *testing.T) {
	r := bench.Run{Kind: "contrast", Capacity: 100, Trials: []bench.Trial{
		brief("pool", 0.9, 90, false), brief("nethttp", 0.9, 109, false), brief("pool", 3, 100, false), brief("nethttp", 3, 10, true),
	}}
	want := "At 3 × capacity (300 requests/s) pool kept 92 % of the best goodput seen as goodput; nethttp kept 9.2 % (diverging)."
	if got := verdictOf(&r).Headline; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := newSweep(&r).pivot().Rows[1]; got[2] != "10 (diverging)" {
		t.Errorf("the table for a README has %q, want the mark of divergence", got)
	}
	curves := curvesOf(newSweep(&r).points, chart.LooksOf([]string{"pool", "nethttp"}), goodputMeasure.of)
	if marks := curves[1].Points; marks[0].Diverging || !marks[1].Diverging {
		t.Errorf("the chart marks divergence as %v and %v, want only the second", marks[0].Diverging, marks[1].Diverging)
	}
}

func TestADoubtfulLoadSaysSo(t *testing.T) {
	load := brief("http://127.0.0.1/", 0, 10, true)
	load.Validity.Valid, load.Validity.Reasons, load.Attainment = false, []string{"Others were busy."}, bench.Known(1)
	r := bench.Run{Kind: "load", Trials: []bench.Trial{load}}
	got, want := verdictOf(&r), "INVALID: Others were busy. The server answered 100 % of the requests in time."
	if got.Headline != want || len(got.Points) != 1 || !strings.Contains(got.Points[0], "no steady state (invalid, diverging)") {
		t.Errorf("got %+v, want %q and that it diverges", got, want)
	}
	if got := badges(&bench.Result{Runs: []bench.Run{r}}); len(got) != 1 || got[0] != "Of 1 trial 1 is not valid: see Validity" {
		t.Errorf("got badges %q", got)
	}
}
