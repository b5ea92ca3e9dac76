package experiment

import (
	"slices"
	"strings"
	"testing"

	"millpond/bench"
	"millpond/bench/process"
)

// canned is a trial of an offer as it would be of a server that does well, or of one that
// is as bad as can be.
func canned(o Offer, server string, well bool) bench.Trial {
	const capacity, seconds = 200.0, 9.0
	rate := max(o.Rate, o.Multiple*capacity, 1)
	able := min(rate, capacity)
	if o.Rate > 0 {
		able = rate // it waits
	}
	latency, share, cost := int64(10e6), 1.0, 10e-6
	refusal := 4e-6
	if !well {
		latency, share, cost, refusal = 10e9, 0.001, 50e-6, 50e-6
	}
	offered := int64(rate * seconds)
	served := int64(able * share * seconds)
	hist := bench.NewHDR()
	refused := bench.NewHDR()
	for range 1000 {
		bench.Record(hist, latency)
		bench.Record(refused, latency/5)
	}
	t := bench.Trial{
		Server: server, Phase: o.phase(), Repeat: 1, Loop: "open", Multiple: o.Multiple, Rate: rate, Duration: seconds, Offered: offered,
		Goodput: float64(served) / seconds, Attainment: bench.Known(float64(served) / float64(offered)), BinWidth: 0.1,
		Outcomes: bench.Outcomes{OK: served, Shed: offered - served}, Validity: bench.Validity{Valid: true},
		Usage: &bench.Usage{CPUSeconds: bench.Known(cost * float64(offered)), Allocations: bench.Known(3 * cost / 10e-6 * float64(offered))},
	}
	if o.Name == "refused" {
		t.Outcomes = bench.Outcomes{OK: 10, Shed: offered - 10}
		t.Usage.CPUSeconds = bench.Known(refusal * float64(offered))
	}
	if o.Idle > 0 {
		t.Background = &bench.Background{BytesEach: bench.Known(cost * 1e9)}
	}
	if o.Name == "hello" {
		t.Attainment, t.Outcomes = bench.Known(1), bench.Outcomes{OK: offered}
	}
	if !well {
		t.Outcomes.Timeout, t.Outcomes.Shed = t.Outcomes.Shed, 0
		if o.Name == "refused" {
			t.Outcomes.Shed, t.Outcomes.Timeout = t.Outcomes.Timeout, 0
		}
	}
	t.Generator.Answers = offered
	t.Latency.Served, _ = bench.NewHistogram(hist)
	t.Latency.Shed, _ = bench.NewHistogram(refused)
	for i := range 21 { // the first asks for most, and is refused most
		n := bench.Outcomes{OK: int64(100 * share), Shed: 100 - int64(100*share)}
		if i == 0 && well {
			n = bench.Outcomes{OK: 5, Shed: 95}
		}
		t.ByRequest = append(t.ByRequest, n)
	}
	addCourse(&t, o, able, share)
	return t
}

// addCourse gives a canned trial its series and samples, in three phases.
func addCourse(t *bench.Trial, o Offer, able, share float64) {
	const capacity = 200.0
	for i := range 3 {
		phase := bench.Phase{From: 3 * float64(i), To: 3 * float64(i+1), Rate: capacity / 2}
		if i == 1 {
			phase.Rate = 10 * capacity
		}
		t.Phases = append(t.Phases, phase)
	}
	for at := 0.05; at < t.Duration; at += 0.1 {
		phase, _ := phaseAt(*t, at)
		b := bench.Bin{At: at, Offered: int64(phase.Rate / 10)}
		b.Outcomes.OK = int64(share * min(float64(b.Offered), capacity/10))
		if o.Steps == 0 {
			b.Outcomes.OK = int64(share * float64(b.Offered))
		}
		b.Answered = b.Outcomes.OK
		t.Series = append(t.Series, b)
		t.Usage.Samples = append(t.Usage.Samples, bench.Sample{At: at, Completed: bench.Known(able * at), Answered: bench.Known(able * at * share),
			CPU: t.Usage.CPUSeconds.Float() / t.Duration})
	}
}

// results are those of a scenario of which the servers do well or badly.
func (c Scenario) results(well func(variant string) bool) (*bench.Run, []Variant) {
	run := &bench.Run{Kind: "overload", Capacity: 200}
	var chosen []Variant
	for _, name := range c.Variants {
		beside := !isOurs(name)
		chosen = append(chosen, Variant{Server: process.Server{Name: name}, Beside: beside})
		for _, o := range c.wanted() {
			if o.isFor(name) {
				run.Trials = append(run.Trials, canned(o, name, well(name)))
			}
		}
	}
	return run, chosen
}

// isOurs tells whether targets are about a variant.
func isOurs(name string) bool {
	return name == VariantAuto || name == VariantMillpond || strings.HasPrefix(name, "workers")
}

// TestEveryTargetCanBeMissed holds made-up results against every target: a server that
// does well meets it, one that does badly misses it, and a control that does badly is
// shown to.
func TestEveryTargetCanBeMissed(t *testing.T) {
	controls := map[int]bool{}
	for _, c := range append(Scenarios(), ProxiedApp(named("cpu")), ProxyCost()) {
		// The rivals that ours are held against do well, too.
		good, chosen := c.results(func(name string) bool { return isOurs(name) || name == VariantHAProxy || name == VariantBare })
		for _, target := range judgeGoals(good, c.Goals, chosen, sure) {
			if !target.Met {
				t.Errorf("row %d of %s, %s, is missed by a good server: %+v", target.Row, c.Name, target.Name, target)
			}
			for _, r := range target.Beside {
				if !target.Keeps(r.Value) {
					controls[target.Row] = true
				}
			}
		}
		for _, bad := range []string{VariantAuto, VariantDefault, VariantMillpond} {
			if !slices.Contains(c.Variants, bad) {
				continue
			}
			run, chosen := c.results(func(name string) bool { return name != bad })
			for i, target := range judgeGoals(run, c.Goals, chosen, sure) {
				if about := c.Goals[i].Server; (about == "" || about == bad) && (target.Met || target.Server != bad) {
					t.Errorf("row %d of %s, %s, is met though %s is bad: %+v", target.Row, c.Name, target.Name, bad, target)
				}
			}
		}
	}
	for row := range 14 {
		if !controls[row+1] && row+1 != 3 && row+1 != 11 { // there the control is a static number of workers
			t.Errorf("row %d has no control that misses it", row+1)
		}
	}
}

func TestTargetsWithoutEvidenceAreNotMet(t *testing.T) {
	for _, c := range Scenarios() {
		for _, target := range judgeGoals(&bench.Run{Kind: "overload"}, c.Goals, nil, sure) {
			if target.Met || target.Why == "" {
				t.Errorf("row %d, %s: %+v", target.Row, target.Name, target)
			}
		}
	}
}
