package server

import (
	"math"
	"testing"
)

// TestDrainTakesTurns checks that a client that goes on to send what nobody
// wants is left, again and again, for the others.
func TestDrainTakesTurns(t *testing.T) {
	takeTurns(t, garbage, (1<<20)/len(garbage), visitBytes/(4<<10)+4)
}

// TestDrainIsBounded checks that there is a bound whatever a body may have.
func TestDrainIsBounded(t *testing.T) {
	for maxBody, want := range map[int64]int64{
		0:             lingerBody + lingerBytes,
		-1:            lingerBody + lingerBytes,
		1000:          1000 + lingerBytes,
		math.MaxInt64: math.MaxInt64,
	} {
		set, err := (&Server{MaxBodyBytes: maxBody}).settings()
		if err != nil || set.maxDrain != want {
			t.Errorf("MaxBodyBytes %d: %d bytes are drained, %v; want %d", maxBody, set.maxDrain, err, want)
		}
	}
}
