package experiment

import (
	"slices"
	"testing"

	"millpond/bench"
)

// Both servers get every schedule, one at once after the other.
func TestVersusTakesTurns(t *testing.T) {
	before, after := kind("good"), kind("good")
	before.Name, after.Name = bench.Before, bench.After
	s := suite(t, before, after)
	s.Trials, s.Capacity = 2, 200
	run, err := s.Versus(t.Context(), []float64{0.5, 1})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(slices.DeleteFunc(slices.Clone(run.Trials), func(t bench.Trial) bool { return t.Search })); n != 2*3*2 {
		t.Fatalf("%d trials count, want two of three loads for two servers", n)
	}
	seen := map[string]int{}
	for i := 0; i < len(run.Trials); i += 2 {
		a, b := run.Trials[i], run.Trials[i+1]
		if a.Phase != b.Phase || a.Repeat != b.Repeat || a.Server == b.Server {
			t.Errorf("%s %s %d is followed by %s %s %d", a.Server, a.Phase, a.Repeat, b.Server, b.Phase, b.Repeat)
		}
		if a.Loop == "open" && a.Offered != b.Offered {
			t.Errorf("%s: the servers were offered %d and %d", a.Phase, a.Offered, b.Offered)
		}
		if a.Search != b.Search {
			t.Errorf("%s %d: half of a pair counts", a.Phase, a.Repeat)
		} else if !a.Search {
			seen[a.Phase]++
		}
	}
	if seen["0.5x"] != 2 || seen["1x"] != 2 || seen[phaseClosed] != 2 {
		t.Errorf("loads %v", seen)
	}
}
