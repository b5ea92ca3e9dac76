package bench

import (
	"strings"
	"testing"
)

func TestObjectives(t *testing.T) {
	trial := &Trial{
		Server: "pool", Phase: "3x", Rate: 600, Goodput: 190, Throughput: 195, Attainment: Known(0.3), Offered: 1000,
		Outcomes: Outcomes{OK: 300, Shed: 690, Timeout: 10},
		Latency: Latency{
			Offered: Percentiles{P50: Infinite, P90: Infinite, P99: Infinite, Max: Infinite},
			Served:  Histogram{Percentiles: Percentiles{P50: Known(0.01), P99: Known(0.08), Max: Known(0.2)}},
			Shed:    Histogram{Percentiles: Percentiles{P99: Known(0.004)}},
		},
		Usage: &Usage{PeakRSS: Known(100 << 20), PeakThreads: Known(9)},
	}
	for expression, want := range map[string]bool{
		"served_p99<100ms":      true,
		"p99<100ms":             false, // most of what was offered has no answer
		"served_p99 < 50ms":     false,
		"served_p50<10001us":    true,
		"served_p999<300ms":     false, // too few values to know
		"served_max<0.1s":       false,
		"served_max<0.21s":      true,
		"goodput>0.9*capacity":  true,
		"goodput>0.96*capacity": false,
		"goodput>189.5":         true,
		"throughput>200/s":      false,
		"shed_p99<5ms":          true,
		"rss<256MiB":            true,
		"rss<100MB":             false,
		"threads<10":            true,
		"goroutines<20":         false, // not known
		"goroutines>0":          false,
		"failures<71%":          true,
		"sheds<0.69":            false,
		"attainment>30%":        false,
	} {
		t.Run(expression, func(t *testing.T) {
			slo, err := ParseObjective(expression)
			if err != nil {
				t.Fatal(err)
			}
			g, err := slo.Check(trial, 200)
			if err != nil {
				t.Fatal(err)
			}
			if g.Passed != want || g.Expression != expression || g.Trial != "pool 3x" {
				t.Errorf("got %+v, want passed %v", g, want)
			}
		})
	}
}

// A server of which nothing is known, because it served nothing, keeps nothing.
func TestBlackHoleKeepsNoObjective(t *testing.T) {
	served := NewHDR()
	hole := &Trial{Server: "hole", Offered: 385, Outcomes: Outcomes{Timeout: 385}, Attainment: Known(0), Fault: "served nothing: 385 timeouts",
		Latency: Latency{Offered: OfferedPercentiles(served, 385)}}
	unknown := &Trial{Server: "remote", Offered: 385, Outcomes: Outcomes{OK: 385}}
	for expression, both := range map[string]bool{
		"p99<100ms": true, "served_p99<100ms": true, "shed_p99<5ms": true, "rss<1KiB": true, "rss>1KiB": true, "threads<1000": true,
		"sheds<1%": false, "goodput<1": false, "failures<101%": false,
	} {
		o, err := ParseObjective(expression)
		if err != nil {
			t.Fatal(err)
		}
		if g, err := o.Check(hole, 100); err != nil || g.Passed || g.Why == "" {
			t.Errorf("%s of a black hole: %+v, error %v", expression, g, err)
		}
		if g, err := o.Check(unknown, 100); err != nil || g.Passed == both {
			t.Errorf("%s of a server of which only outcomes are known: %+v, error %v", expression, g, err)
		}
	}
}

func TestCapacityIsCappedByWhatIsOffered(t *testing.T) {
	slo, err := ParseObjective("goodput>0.95*capacity")
	if err != nil {
		t.Fatal(err)
	}
	light := &Trial{Rate: 100, Goodput: 99}
	if g, err := slo.Check(light, 200); err != nil || !g.Passed || g.Bound != 95 {
		t.Errorf("got %+v and error %v, want passed with bound 95", g, err)
	}
	if _, err := slo.Check(light, 0); err == nil {
		t.Error("compared with a capacity that nobody measured")
	}
}

func TestObjectivesRefuse(t *testing.T) {
	for _, expression := range []string{
		"", "p99", "p99=5ms", "p99<", "p99<5", "p99<5MiB", "p98<5ms", "rss<5ms", "rss<5XB", "goodput>5ms",
		"p99<0.5*capacity", "goodput>1.2.3*capacity", "threads<5%", "p99<5ms and more",
	} {
		if _, err := ParseObjective(expression); err == nil || !strings.Contains(err.Error(), "objective") {
			t.Errorf("%q: got error %v", expression, err)
		}
	}
}

func FuzzParseSLO(f *testing.F) {
	f.Add("p99<100ms")
	f.Add("goodput>0.95*capacity")
	f.Add("rss<256MiB")
	f.Fuzz(func(t *testing.T, s string) {
		slo, err := ParseObjective(s)
		if err != nil {
			return
		}
		if _, err := slo.Check(&Trial{Rate: 1}, 1); err != nil {
			t.Errorf("%q was accepted but cannot be checked: %v", s, err)
		}
	})
}

func TestJudgeLooksAtThePoolOnly(t *testing.T) {
	slo, err := ParseObjective("attainment>50%")
	if err != nil {
		t.Fatal(err)
	}
	r := &Result{Runs: []Run{
		{Kind: "contrast", Trials: []Trial{
			{Server: "pool", Phase: PhaseCapacity}, {Server: "nethttp", Phase: "3x"}, {Server: "pool", Phase: "3x", Attainment: Known(0.9)},
		}},
		{Kind: "size", Trials: []Trial{{Server: "app", Phase: "workers=1"}, {Server: "app", Phase: "confirm 0.9x"}}},
		{Kind: "check", Trials: []Trial{{Server: "no-op", Phase: "5000/s"}}},
	}}
	if err := r.Judge([]Objective{slo}); err != nil {
		t.Fatal(err)
	}
	if len(r.Gates) != 1 || !r.Gates[0].Passed { // a size keeps its objective or is not recommended; the instrument has none
		t.Errorf("got %+v", r.Gates)
	}
}

// A server that took no part in a run, or a run without trials, keeps no
// objective.
func TestNothingMeasuredKeepsNoObjective(t *testing.T) {
	o, err := ParseObjective("failures<101%")
	if err != nil {
		t.Fatal(err)
	}
	good := Trial{Server: "pool", Phase: "alone", Offered: 1, Outcomes: Outcomes{OK: 1}, Attainment: Known(1)}
	for name, c := range map[string]struct {
		run  Run
		kept bool
	}{
		"served":       {Run{Kind: "idle", Trials: []Trial{good}}, true},
		"took no part": {Run{Kind: "idle", Trials: []Trial{good}, Refused: []string{"pool did not take them"}}, false},
		"another did":  {Run{Kind: "idle", Trials: []Trial{good}, Refused: []string{"thread did not take them"}}, true},
		"no trials":    {Run{Kind: "contrast"}, false},
	} {
		r := &Result{Runs: []Run{c.run}}
		if err := r.Judge([]Objective{o}); err != nil {
			t.Fatal(err)
		}
		kept := len(r.Gates) > 0
		for _, g := range r.Gates {
			kept = kept && g.Passed
		}
		if kept != c.kept {
			t.Errorf("%s: kept %v: %+v", name, kept, r.Gates)
		}
	}
}
