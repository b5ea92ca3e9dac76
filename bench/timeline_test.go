package bench

import (
	"math"
	"testing"
)

func TestTimeline(t *testing.T) {
	trial := Trial{BinWidth: 0.5, Server: &Server{Samples: []Sample{{At: -0.5, RSS: 10}, {At: 0.1, RSS: 20, Goroutines: -1}, {At: 0.4, RSS: 40, Goroutines: 7}, {At: 99, RSS: 1}}}}
	for i, ok := range []int64{1, 2, 3} {
		trial.Series = append(trial.Series, Bin{At: float64(i)/2 - 0.5, Offered: 5, Outcomes: Outcomes{OK: ok}, InFlight: ok, P99: float64(ok) / 10})
	}
	other := trial
	other.Server = nil
	other.Series = []Bin{{At: -0.5, Offered: 5, Outcomes: Outcomes{OK: 5}, P99: 1}}
	got := cell{trials: []Trial{trial, other}}.timeline()
	if len(got) != 3 {
		t.Fatalf("%d moments, want 3", len(got))
	}
	first, second, third := got[0], got[1], got[2]
	if first.at != -0.5 || first.offered != 10 || first.goodput != 6 || first.p99 != 1 || first.rss != 10 {
		t.Errorf("first moment %+v, want the mean rates of both trials and the worse p99", first)
	}
	if second.rss != 30 || !math.IsNaN(second.goroutines) {
		t.Errorf("second moment has memory %v and %v goroutines, want 30 and unknown", second.rss, second.goroutines)
	}
	if third.goodput != 3 || third.inFlight != 3 || !math.IsNaN(third.rss) {
		t.Errorf("third moment %+v, want goodput 3/s, 3 in flight and unknown memory", third)
	}
}

// TestTimelineIsShort merges the bins of a long load.
func TestTimelineIsShort(t *testing.T) {
	trial := Trial{BinWidth: 1}
	for i := range 1000 {
		trial.Series = append(trial.Series, Bin{At: float64(i), Offered: 8, Outcomes: Outcomes{OK: 8}})
	}
	got := cell{trials: []Trial{trial}}.timeline()
	if len(got) != 250 {
		t.Fatalf("%d moments of 1,000 bins, want 250", len(got))
	}
	for _, m := range got {
		if m.goodput != 8 {
			t.Fatalf("goodput %v at %v s, want 8", m.goodput, m.at)
		}
	}
}

func TestDrawable(t *testing.T) {
	points := []point{{y: 1}, {y: 0}, {y: math.NaN()}, {y: 2}}
	log := logAxis("", []float64{1, 2}, formatRate)
	if got := drawable(points, log, false); len(got) != 2 {
		t.Errorf("%d points on a log axis, want 2", len(got))
	}
	if got := drawable(points, log, true); len(got) != 4 || !math.IsNaN(got[1].y) {
		t.Errorf("%v on a log axis with gaps, want 4 points, the second one a gap", got)
	}
	if got := drawable(points, linearAxis("", 0, 2, formatRate), false); len(got) != 3 {
		t.Errorf("%d points on a linear axis, want 3", len(got))
	}
}
