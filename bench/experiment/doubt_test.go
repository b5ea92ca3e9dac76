package experiment

import (
	"math"
	"strings"
	"testing"

	"millpond/bench"
	"millpond/bench/process"
)

// TestDoubtfulFiguresMeetNothing judges a server that would meet its target, but for one
// thing that is wrong with what was measured.
func TestDoubtfulFiguresMeetNothing(t *testing.T) {
	refusals := func(t bench.Trial) float64 { // there are none where nothing was refused
		if t.Outcomes.Shed == 0 {
			return math.NaN()
		}
		return 0.001
	}
	quick := Goal{Name: "refused quickly", Less: true, Bound: 0.005, From: 3, To: 10, Of: each(refusals)}
	rival := Goal{Name: "against", Bound: 1, From: 3, To: 10, Of: against(VariantHAProxy, ratio(goodput))}
	beside := Goal{Name: "of capacity", Bound: 0.9, Of: ofCapacity}
	static := Goal{Name: "best static", Bound: 0.9, Server: VariantAuto, Of: bestStatic(goodput)}
	for name, c := range map[string]struct {
		goal Goal
		harm func(t *bench.Trial)
		why  string // empty if the target is met
	}{
		"nothing is wrong": {quick, func(*bench.Trial) {}, ""},
		"one load is not known": {quick, func(t *bench.Trial) {
			if t.Multiple == 10 {
				t.Outcomes.Shed = 0
			}
		}, "missing figures: auto at 10x"},
		"one trial of three is not known": {quick, func(t *bench.Trial) {
			if t.Repeat == 1 {
				t.Outcomes.Shed = 0
			}
		}, ""},
		"two trials of three are not": {quick, func(t *bench.Trial) {
			if t.Repeat > 1 && t.Server == VariantAuto && t.Multiple == 3 {
				t.Outcomes.Shed = 0
			}
		}, "missing figures: auto at 3x"},
		"a server did wrong": {quick, func(t *bench.Trial) {
			if t.Server == VariantAuto && t.Multiple == 3 {
				t.Fault = "served nothing: 300 refusals"
			}
		}, "auto at 3x served nothing"},
		"a rival was disturbed": {rival, func(t *bench.Trial) {
			if t.Server == VariantHAProxy {
				t.Validity.Valid = t.Multiple != 10
			}
		}, "invalid trials: 3 of 3 of haproxy at 10x"},
		"a rival is not there": {rival, func(t *bench.Trial) {
			if t.Server == VariantHAProxy && t.Multiple == 10 {
				t.Phase = "12x"
			}
		}, "missing figures: auto at 10x"},
		"a rival serves nothing": {rival, func(t *bench.Trial) {
			if t.Server == VariantHAProxy && t.Multiple == 10 {
				t.Goodput = 0
			}
		}, ""},
		"the best static number was disturbed": {static, func(t *bench.Trial) { t.Validity.Valid = t.Server != VariantDefault }, "of workers 8 at 3x"},
		"the capacity was disturbed":           {beside, func(t *bench.Trial) { t.Validity.Valid = t.Phase != bench.PhaseCapacity }, "invalid trials: 2 of 2 of auto at capacity"},
		"one try of the capacity was": {beside, func(t *bench.Trial) {
			t.Validity.Valid = t.Phase != bench.PhaseCapacity || t.Repeat > 1
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			run := &bench.Run{Kind: "overload", Capacity: 100}
			add := func(server, phase string, multiple float64, repeat int) {
				trial := made(server, multiple, 100)[0]
				trial.Repeat, trial.Outcomes.Shed = repeat, 10
				if phase != "" {
					trial.Phase = phase
				}
				c.harm(&trial)
				run.Trials = append(run.Trials, trial)
			}
			for repeat := range 3 {
				for _, server := range []string{VariantAuto, VariantDefault, VariantHAProxy} {
					add(server, "", 3, repeat+1)
					add(server, "", 10, repeat+1)
				}
			}
			add(VariantAuto, bench.PhaseCapacity, 0, 1)
			add(VariantAuto, bench.PhaseCapacity, 0, 2)
			chosen := []Variant{{Server: process.Server{Name: VariantAuto}}, {Server: process.Server{Name: VariantDefault}},
				{Server: process.Server{Name: VariantHAProxy}, Beside: true}}
			got := judgeGoals(run, []Goal{c.goal}, chosen, sure)[0]
			if got.Met != (c.why == "") || !strings.Contains(got.Why, c.why) {
				t.Errorf("met %v, because %q: want %q", got.Met, got.Why, c.why)
			}
		})
	}
}
