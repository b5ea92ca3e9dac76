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
			case tc.want == never && r.After.Known():
				t.Errorf("recovered after %v s, want that the trial ends first", r.After.Float())
			case tc.want != never && r.After != bench.Known(tc.want):
				t.Errorf("got %+v, want recovery after %v s", r, tc.want)
			}
		})
	}
}

func TestPulseSchedule(t *testing.T) {
	s := Pulse{Calm: 0.5, Peak: 3, Before: 2 * time.Second, During: time.Second, After: 4 * time.Second}
	a := s.arrivals(100, time.Second, 7)
	if a.Length() != 9*time.Second || a.Seed != 7 {
		t.Errorf("got %+v", a)
	}
	phases := a.Phases(time.Second)
	if len(phases) != 3 || phases[0].From != -1 || phases[1].From != 2 || phases[1].Rate != 300 || phases[2].To != 8 {
		t.Errorf("got phases %+v", phases)
	}
}

// TestBacklogDrainsBeforeTheTrialEnds plays an unbounded queue, of which nobody
// is turned away, through the default pulse.
func TestBacklogDrainsBeforeTheTrialEnds(t *testing.T) {
	o := Pulse{Calm: 0.7, Peak: 3, During: 5 * time.Second}
	if got := o.Enough(); got < 34*time.Second || got > 60*time.Second {
		t.Errorf("watched for %v, want more than the 33.3 s in which the backlog drains, but not for ever", got)
	}
	trial := &bench.Trial{BinWidth: 0.5}
	const bin = 100.0 // arrivals that the server can answer in one
	backlog := 0.0
	for at := -5.0; at < o.Enough().Seconds()+recoveryWindow.Seconds(); at += 0.5 {
		load := o.Calm * bin
		if at < 0 {
			load = o.Peak * bin
		}
		ok := load
		if backlog = max(0, backlog+load-bin); backlog > 0 {
			ok = 0 // too late for its client
		}
		trial.Series = append(trial.Series, bench.Bin{At: at, Offered: int64(load), Outcomes: bench.Outcomes{OK: int64(ok)}})
	}
	r := recovery(trial, -5, 0)
	if after := r.After.Float(); !(after >= 33 && after < 34) {
		t.Errorf("got %+v, want recovery after 33.3 s", r)
	}
	if r.Watched != o.Enough().Seconds() {
		t.Errorf("watched for %v s, want %v", r.Watched, o.Enough())
	}
}
