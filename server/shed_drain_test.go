package server

import (
	"math"
	"testing"

	"millpond/server/internal/poll"
)

// TestDrainTakesTurns checks that a client that goes on to send what nobody
// wants is left, again and again, for the others.
func TestDrainTakesTurns(t *testing.T) {
	c, l := fakeConn(t, &Server{})
	taken := 0
	l.feed(garbage)
	c.parking.Set(poll.Readable)
	fed := l.read
	l.read = func(p []byte) (int, error) {
		if n, err := fed(p); n > 0 {
			return n, err
		}
		taken += len(p)
		return len(p), nil
	}
	c.drive()
	for visit := 1; visit <= 3; visit++ {
		if s := c.parking.Parked(); c.state != stateLingering || s != poll.Writable|poll.Reset {
			t.Fatalf("%v, parked for %b after visit %d; want it parked until its turn comes", c.state, s, visit)
		}
		if most := visit * (visitBytes + 4<<10); taken > most {
			t.Errorf("%d visits took %d bytes; want at most %d", visit, taken, most)
		}
		c.event(poll.Writable)
	}
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
