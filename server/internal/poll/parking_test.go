package poll

import (
	"sync"
	"sync/atomic"
	"testing"
)

// TestSignalResumes checks that a parked connection is resumed by what it waits
// for and by nothing else, and that no signal is lost.
func TestSignalResumes(t *testing.T) {
	const all = Readable | Writable | HalfClosed | Reset | Expired
	for parked := Signals(0); parked <= all; parked++ {
		for signals := Readable; signals <= all; signals++ {
			var p Parking
			if parked != 0 && !p.Park(parked) {
				t.Fatalf("not parked for %b", parked)
			}
			resumed := p.Signal(signals)
			if want := parked&signals != 0; resumed != want {
				t.Errorf("parked for %b, %b resumes: %v; want %v", parked, signals, resumed, want)
			}
			if still := p.Parked() != 0; still != (parked != 0 && !resumed) {
				t.Errorf("parked for %b after %b: %v", parked, signals, still)
			}
			if !p.Has(signals) {
				t.Errorf("parked for %b, %b is lost", parked, signals)
			}
		}
	}
}

// TestParkSeesSignals checks that a connection is not parked over a signal that
// would have resumed it: that would be a lost wake-up.
func TestParkSeesSignals(t *testing.T) {
	for signal := Readable; signal < closed; signal <<= 1 {
		for _, waits := range []Signals{Readable | Reset | Expired, Writable | Reset | Expired, Writable | Reset} {
			var p Parking
			p.Signal(signal)
			if parks := p.Park(waits); parks != (waits&signal == 0) {
				t.Errorf("Park(%b) over %b: %v; want %v", waits, signal, parks, !parks)
			}
		}
	}
	var p Parking
	if !p.Park(Readable) || !p.Unpark() || p.Unpark() {
		t.Error("Park and Unpark did not work once each")
	}
	p.Close()
	if p.Signal(Readable|Reset) || p.Has(Readable) {
		t.Error("a closed connection takes signals")
	}
}

// TestOneOwner has many goroutines signal to one connection that is parked
// again and again. Each parking must end exactly once, and the last signal must
// not be lost.
func TestOneOwner(t *testing.T) {
	const senders, signals = 4, 20_000
	var p Parking
	var owners atomic.Int64
	var all sync.WaitGroup
	own := func() { // what an owner does: look, clear, park
		if owners.Add(1) != 1 {
			t.Error("two owners at once")
		}
		for {
			p.Clear(Readable)
			owners.Add(-1)
			if p.Park(Readable) {
				return
			}
			owners.Add(1)
		}
	}
	own()
	for range senders {
		all.Go(func() {
			for range signals {
				if p.Signal(Readable) {
					own()
				}
			}
		})
	}
	all.Wait()
	if p.Parked() != Readable || p.Has(Readable) {
		t.Errorf("parked for %b with a signal: %v; want it parked, and every signal seen", p.Parked(), p.Has(Readable))
	}
}
