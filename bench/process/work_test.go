package process

import (
	"math"
	"testing"

	"millpond/bench"
)

func TestWorkThatIsNotDone(t *testing.T) {
	for name, c := range map[string]struct {
		used, asked float64
		fault       bool
	}{
		"done":                {0.5, 5e-3, false},
		"and more than that":  {2, 5e-3, false},
		"on a faster machine": {0.35, 5e-3, false},
		"half from a cache":   {0.25, 5e-3, true},
		"not at all":          {0, 5e-3, true},
		"none is asked for":   {0, 0, false},
		"not known":           {math.NaN(), 5e-3, false},
	} {
		trial := &bench.Trial{
			Series:   []bench.Bin{{At: -1, Outcomes: bench.Outcomes{OK: 40}}, {Outcomes: bench.Outcomes{OK: 50, Late: 10, Shed: 1000}}},
			Usage:    &bench.Usage{CPUSeconds: bench.Known(c.used)},
			Validity: bench.Validity{Valid: true},
		}
		CompareWork(trial, c.asked)
		if fault := trial.Fault != ""; fault != c.fault || trial.Validity.Valid == c.fault {
			t.Errorf("%s: fault %q, valid %v", name, trial.Fault, trial.Validity.Valid)
		}
	}
}
