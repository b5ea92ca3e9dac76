package experiment

import (
	"slices"
	"strings"
	"testing"
	"time"

	"millpond/bench/process"
)

func TestContrastRunsEveryPointOnce(t *testing.T) {
	s := suite(t, kind("good"), kind("sheds"))
	s.Duration = 100 * time.Millisecond
	var begun, ended int
	s.Notify = func(e Event) {
		if e.Trial == nil {
			begun++
		} else {
			ended++
		}
	}
	run, err := s.Contrast(t.Context(), []float64{0.01, 0.02})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, trial := range run.Trials {
		got[trial.Server+" "+trial.Phase]++
	}
	if n := got["good capacity"]; n < 1 || n > mostTries { // more than one if it was disturbed
		t.Errorf("the capacity was measured %d times", n)
	}
	delete(got, "good capacity")
	want := []string{"good 0.01x", "good 0.02x", "sheds 0.01x", "sheds 0.02x"}
	for _, w := range want {
		if got[w] != 1 {
			t.Errorf("%d trials of %s, want 1", got[w], w)
		}
	}
	if len(got) != len(want) || begun != len(run.Trials) || ended != len(run.Trials) {
		t.Errorf("%d kinds of trials, want %d; %d begun and %d ended of %d", len(got), len(want), begun, ended, len(run.Trials))
	}
	if run.Capacity <= 0 {
		t.Errorf("capacity %v", run.Capacity)
	}
}

func TestCapacityOfAServerThatDies(t *testing.T) {
	s := suite(t, kind("mortal"))
	s.Duration = 2 * time.Second // time for some answers on a busy machine, too
	run, err := s.Contrast(t.Context(), []float64{1})
	if err == nil || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("got error %v, want how the server died", err)
	}
	if len(run.Trials) != 1 {
		t.Errorf("%d trials, want the one in which it died", len(run.Trials))
	}
}

// TestOverloadSettlesFirst checks that the warm-up lasts until the wait of an
// unbounded queue has passed the patience of the clients.
func TestOverloadSettlesFirst(t *testing.T) {
	s := &Suite{Warmup: time.Second, Timeout: time.Second}
	for multiple, want := range map[float64]time.Duration{
		0.9: time.Second, 1.1: 5 * time.Second, 1.5: 3 * time.Second, 3: 1500 * time.Millisecond, 11: 1100 * time.Millisecond,
	} {
		p := s.spec(process.Server{}, "", 0)
		p.multiple = multiple
		p.steady(100, 4*time.Second)
		if p.load.Warmup != want || p.load.Arrivals.Length() != want+4*time.Second {
			t.Errorf("%v times capacity: warm-up %v of %v, want %v and 4 s more", multiple, p.load.Warmup, p.load.Arrivals.Length(), want)
		}
	}
	if !slices.Contains(QuickMultiples, 3) {
		t.Errorf("a quick run has the loads %v, want 3 among them", QuickMultiples)
	}
}
