package poll

import (
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// TestStreamParks checks whose a stream is after Park: that of the caller if
// something had come or has come meanwhile, and otherwise that of whoever has
// taken it, who is told what came.
func TestStreamParks(t *testing.T) {
	for _, test := range []struct {
		name    string
		before  Signals // come before it is parked
		taken   Signals // taken by another owner, by this signal
		parked  bool
		arrived Signals // told to that owner
		ahead   string  // read
	}{
		{name: "input", ahead: "x"},
		{name: "too late", before: Expired},
		{name: "another owner", taken: Expired, parked: true, arrived: Readable, ahead: "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var p Parking
				var arrived Signals
				near, far := net.Pipe()
				defer near.Close()
				defer far.Close()
				s := NewStream(near, &p, time.Second, func(signals Signals) { arrived |= signals })
				p.Set(test.before)
				var parked bool
				over := make(chan struct{})
				go func() {
					defer close(over)
					parked = s.Park(Readable | Expired)
				}()
				synctest.Wait()
				if test.taken != 0 && !p.Signal(test.taken) {
					t.Error("it was not parked")
				}
				go far.Write([]byte("x"))
				<-over
				if parked != test.parked || arrived != test.arrived {
					t.Errorf("parked %v, told %b; want %v, %b", parked, arrived, test.parked, test.arrived)
				}
				if _, ahead, err := s.Detach(); err != nil || string(ahead) != test.ahead {
					t.Errorf("%q was read ahead, %v; want %q", ahead, err, test.ahead)
				}
			})
		})
	}
}
