package report

import (
	"strings"
	"testing"

	"millpond/bench"
)

// brief is a trial of a made-up result in brief.
func brief(server string, multiple, goodput float64, diverging bool) bench.Trial {
	return bench.Trial{Server: server, Phase: "x", Multiple: multiple, Rate: 100 * multiple, Goodput: goodput, Offered: 10,
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
		{"one that diverges is not trusted", []bench.Trial{brief("pool", 3, 100, false), brief("thread", 3, 150, true)},
			[]string{"but thread 150 (diverging); what diverges answered part of that after the measured time."}},
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

func TestVerdictOfManyRivals(t *testing.T) {
	r := bench.Run{Kind: "contrast", Capacity: 100, Trials: []bench.Trial{brief("pool", 3, 99, false)}}
	for name, goodput := range map[string]float64{"a": 10, "b": 20, "c": 150, "d": 30, "e": 40} {
		r.Trials = append(r.Trials, brief(name, 3, goodput, false))
	}
	want := "At 3 × capacity (300 requests/s) pool kept 99 % of capacity as goodput; the 5 others from 10 % (a) to 150 % (c)."
	if got := verdictOf(&r).Headline; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
