package stats

import (
	"math"
	"testing"

	"millpond/bench"
)

func TestTimeline(t *testing.T) {
	trial := bench.Trial{BinWidth: 0.5, Usage: &bench.Usage{Samples: []bench.Sample{{At: -0.5, RSS: 10}, {At: 0.1, RSS: 20}, {At: 0.4, RSS: 40, Goroutines: bench.Known(7)}, {At: 99, RSS: 1}}}}
	for i, ok := range []int64{1, 2, 3} {
		trial.Series = append(trial.Series, bench.Bin{At: float64(i)/2 - 0.5, Offered: 5, Outcomes: bench.Outcomes{OK: ok}, Answered: ok, InFlight: ok, P99: bench.Known(float64(ok) / 10)})
	}
	other := trial
	other.Usage = nil
	other.Series = []bench.Bin{{At: -0.5, Offered: 5, Outcomes: bench.Outcomes{OK: 5}, Answered: 5, P99: bench.Known(1)}}
	got := Point{Trials: []bench.Trial{trial, other}}.Timeline()
	if len(got) != 3 {
		t.Fatalf("%d moments, want 3", len(got))
	}
	first, second, third := got[0], got[1], got[2]
	if first.At != -0.5 || first.Offered != 10 || first.Goodput != 6 || first.P99 != 1 || first.RSS != 10 {
		t.Errorf("first moment %+v, want the mean rates of both trials and the worse p99", first)
	}
	if second.RSS != 30 || !math.IsNaN(second.Goroutines) {
		t.Errorf("second moment has memory %v and %v goroutines, want 30 and unknown", second.RSS, second.Goroutines)
	}
	if third.Goodput != 3 || third.InFlight != 3 || !math.IsNaN(third.RSS) {
		t.Errorf("third moment %+v, want goodput 3/s, 3 in flight and unknown memory", third)
	}
}

// TestTimelineIsShort merges the bins of a long load.
func TestTimelineIsShort(t *testing.T) {
	trial := bench.Trial{BinWidth: 1}
	for i := range 1000 {
		trial.Series = append(trial.Series, bench.Bin{At: float64(i), Offered: 8, Outcomes: bench.Outcomes{OK: 8}, Answered: 8})
	}
	got := Point{Trials: []bench.Trial{trial}}.Timeline()
	if len(got) != 250 {
		t.Fatalf("%d moments of 1,000 bins, want 250", len(got))
	}
	for _, m := range got {
		if m.Goodput != 8 {
			t.Fatalf("goodput %v at %v s, want 8", m.Goodput, m.At)
		}
	}
}
