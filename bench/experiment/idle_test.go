package experiment

import (
	"errors"
	"slices"
	"testing"
	"time"

	"millpond/bench"
)

func TestIdleCrowdIsHeld(t *testing.T) {
	s := suite(t, kind("good"))
	s.Duration = time.Second // time for some answers on a busy machine, too
	run, err := s.Idle(t.Context(), Backgrounds{Idle: 20, HalfHeads: 20, SlowReaders: 3})
	if err != nil {
		t.Fatal(err)
	}
	var phases []string
	for _, trial := range run.Trials {
		phases = append(phases, trial.Phase)
		if trial.Background != nil && trial.Background.Connections == 0 {
			t.Errorf("%s: no connections", trial.Phase)
		}
	}
	phases = slices.Compact(phases) // the capacity may have been measured again
	if want := []string{bench.PhaseCapacity, "alone", "idle 20", "half-head 20", "slow-reader 3"}; !slices.Equal(phases, want) {
		t.Errorf("got phases %v, want %v", phases, want)
	}
}

func TestCrowdThatDoesNotFit(t *testing.T) {
	_, err := suite(t, kind("good")).Idle(t.Context(), Backgrounds{Idle: 1 << 30})
	if _, ok := errors.AsType[*bench.ConfigError](err); !ok {
		t.Errorf("got error %v, want a ConfigError", err)
	}
}
