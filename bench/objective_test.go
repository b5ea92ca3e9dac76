package bench

import (
	"strings"
	"testing"
)

func TestObjectives(t *testing.T) {
	trial := &Trial{
		Server: "pool", Phase: "3x", Rate: 600, Goodput: 190, Throughput: 195, Attainment: 0.3, Offered: 1000,
		Outcomes: Outcomes{OK: 300, Shed: 690, Timeout: 10},
		Latency:  Latency{Served: Histogram{P50: 0.01, P99: 0.08, Max: 0.2}, Shed: Histogram{P99: 0.004}},
		Usage:    &Usage{PeakRSS: 100 << 20, PeakThreads: 9, PeakGoroutines: 20},
	}
	for expression, want := range map[string]bool{
		"p99<100ms":             true,
		"p99 < 50ms":            false,
		"p50<10001us":           true,
		"p999<300ms":            true, // too few values: the maximum counts
		"max<0.1s":              false,
		"goodput>0.9*capacity":  true,
		"goodput>0.96*capacity": false,
		"goodput>189.5":         true,
		"throughput>200/s":      false,
		"shed_p99<5ms":          true,
		"rss<256MiB":            true,
		"rss<100MB":             false,
		"threads<10":            true,
		"goroutines<20":         false,
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
			{Server: "pool", Phase: PhaseCapacity}, {Server: "nethttp", Phase: "3x"}, {Server: "pool", Phase: "3x", Attainment: 0.9},
		}},
		{Kind: "size", Trials: []Trial{{Server: "app", Phase: "workers=1"}, {Server: "app", Phase: "confirm 0.9x"}}},
		{Kind: "check", Trials: []Trial{{Server: "no-op", Phase: "5000/s"}}},
	}}
	if err := r.Judge([]Objective{slo}); err != nil {
		t.Fatal(err)
	}
	if len(r.Gates) != 2 || !r.Gates[0].Passed || r.Gates[1].Passed || r.Gates[1].Trial != "app confirm 0.9x" {
		t.Errorf("got %+v", r.Gates)
	}
}
