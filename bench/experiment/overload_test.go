package experiment

import (
	"testing"
	"time"

	"millpond/bench"
)

// series is bins of 100 arrivals and half a second, with so many ok.
func series(ok ...int64) *bench.Trial {
	t := &bench.Trial{BinWidth: 0.5}
	for i, n := range ok {
		t.Series = append(t.Series, bench.Bin{At: float64(i) / 2, Offered: 100, Outcomes: bench.Outcomes{OK: n, Timeout: 100 - n}})
	}
	return t
}

func TestRecovery(t *testing.T) {
	const never = -1
	for name, tc := range map[string]struct {
		trial *bench.Trial
		want  float64
		lost  int64
	}{
		"unharmed":          {series(100, 100, 100, 100, 100, 100), 0, 0},
		"after a second":    {series(100, 0, 0, 0, 100, 100, 100), 1, 200},
		"a weak bin is not": {series(100, 0, 100, 85, 100, 100, 100), 0, 15},
		"relapse":           {series(100, 0, 100, 100, 0, 0, 100, 100), 2, 200},
		"never":             {series(100, 0, 0, 0, 0, 0), never, 400},
		"down at the end":   {series(100, 0, 100, 100, 100, 0), never, 100},
	} {
		t.Run(name, func(t *testing.T) {
			r := recovery(tc.trial, 0.5, 1)
			if r.Lost != tc.lost {
				t.Errorf("lost %d, want %d", r.Lost, tc.lost)
			}
			switch {
			case tc.want == never && r.After != nil:
				t.Errorf("recovered after %v s, want never", *r.After)
			case tc.want != never && (r.After == nil || *r.After != tc.want):
				t.Errorf("got %+v, want recovery after %v s", r, tc.want)
			}
		})
	}
}

func TestOverloadSchedule(t *testing.T) {
	s := Overload{Calm: 0.5, Peak: 3, Before: 2 * time.Second, During: time.Second, After: 4 * time.Second}
	a := s.arrivals(100, time.Second, 7)
	if a.Length() != 8*time.Second || a.Seed != 7 {
		t.Errorf("got %+v", a)
	}
	phases := a.Phases(time.Second)
	if len(phases) != 3 || phases[0].From != -1 || phases[1].From != 2 || phases[1].Rate != 300 || phases[2].To != 7 {
		t.Errorf("got phases %+v", phases)
	}
}
