package report

import (
	"fmt"
	"testing"

	"millpond/bench"
	"millpond/bench/stats"
)

// Lines of several loads in one chart, named after the first, could not be told apart.
func TestByPhase(t *testing.T) {
	run := bench.Run{Kind: "versus"}
	for load := 1; load <= mostSpectra+2; load++ {
		for _, server := range []string{bench.After, bench.Before} {
			run.Trials = append(run.Trials, bench.Trial{Server: server, Phase: fmt.Sprintf("%dx", load), Rate: float64(load)})
		}
	}
	groups := byPhase(stats.Points(&run))
	if len(groups) != mostSpectra {
		t.Fatalf("%d groups, want %d", len(groups), mostSpectra)
	}
	for i, group := range groups {
		phase := fmt.Sprintf("%dx", i+3)
		if len(group) != 2 || group[0].Server != bench.Before || group[1].Server != bench.After || group[0].Phase != phase || group[1].Phase != phase {
			t.Errorf("group %d: %v, want before and after at %s", i, group, phase)
		}
	}
}

func TestWhatWasNotSentIsNoTroubleOfTheServer(t *testing.T) {
	trial := bench.Trial{Server: "pool", Multiple: 0.3, Offered: 100, Outcomes: bench.Outcomes{OK: 50, Unsent: 50}}
	run := bench.Run{Kind: "contrast", Trials: []bench.Trial{trial}}
	if all := troubles(&run); len(all) != 0 {
		t.Errorf("got %q, want nothing", all)
	}
	run.Trials[0].Outcomes = bench.Outcomes{OK: 50, Error: 50}
	if all := troubles(&run); len(all) != 1 {
		t.Errorf("got %q, want that half of the answers are wrong", all)
	}
}
