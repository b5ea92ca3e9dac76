package server

import (
	"sync"
	"sync/atomic"
	"testing"
)

// TestMarkTakes checks which marks end which way of being parked.
func TestMarkTakes(t *testing.T) {
	const none = 0
	for _, test := range []struct {
		name  string
		state uint32
		marks uint32
		taken bool
	}{
		{"busy", none, readable | reset | expired, false},
		{"parked", parked, readable, true},
		{"parked, half-shut", parked, halfShut | readable, true},
		{"parked, reset", parked, reset, true},
		{"parked, expired", parked, expired, true},
		{"parked, writable", parked, writable, false},
		{"flushing, writable", parked | flushing, writable, true},
		{"flushing, readable", parked | flushing, readable, false},
		{"flushing, expired", parked | flushing, expired, true},
		{"flushing, reset", parked | flushing, reset, true},
		{"yielding, readable", parked | yielding, readable, false},
		{"yielding, expired", parked | yielding, expired, false},
		{"yielding, its turn", parked | yielding, writable, true},
		{"yielding, reset", parked | yielding, reset, true},
		{"closed", closed, readable | reset | expired, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var c conn
			c.state.Store(test.state)
			if taken := c.mark(test.marks); taken != test.taken {
				t.Fatalf("taken: %v; want %v", taken, test.taken)
			}
			state := c.state.Load()
			if test.taken && state&(parked|flushing|yielding) != 0 {
				t.Errorf("state %b is still parked", state)
			}
			if test.state != closed && state&test.marks != test.marks {
				t.Errorf("state %b has lost marks %b", state, test.marks)
			}
		})
	}
}

// TestParkHeedsMarks checks that a connection is not parked over a mark that
// would have ended its parking: that would be a lost wake-up.
func TestParkHeedsMarks(t *testing.T) {
	for how, heeds := range map[uint32]uint32{
		0:        readable | reset | expired,
		flushing: writable | reset | expired,
		yielding: writable | reset,
	} {
		for mark := readable; mark < closed; mark <<= 1 {
			var c conn
			c.mark(mark)
			if parks := c.park(how); parks != (heeds&mark == 0) {
				t.Errorf("park(%b) over mark %b: %v; want %v", how, mark, parks, !parks)
			}
		}
		var c conn
		if !c.park(how) || !c.unpark() || c.unpark() {
			t.Errorf("park(%b) and unpark did not work once each", how)
		}
	}
}

// TestOneOwner has many goroutines mark one connection that is parked again
// and again. Each parking must end exactly once, and the last mark must not be
// lost.
func TestOneOwner(t *testing.T) {
	const markers, marks = 4, 20_000
	var c conn
	var owners, left atomic.Int64
	var all sync.WaitGroup
	left.Store(markers * marks)
	own := func() { // what an owner does: look, forget, park
		if owners.Add(1) != 1 {
			t.Error("two owners at once")
		}
		for {
			c.forget(readable)
			owners.Add(-1)
			if c.park(0) {
				return
			}
			owners.Add(1)
		}
	}
	own()
	for range markers {
		all.Go(func() {
			for range marks {
				if c.mark(readable) {
					own()
				}
			}
		})
	}
	all.Wait()
	if s := c.state.Load(); s != parked {
		t.Errorf("state %b in the end; want parked, and every mark seen", s)
	}
}
