package load

import (
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/bench"
)

// pacing is a loop against a listener that never answers, on the fake clock of
// a synctest bubble. What needs the kernel's clock, its alarm, is not used.
type pacing struct {
	*loop
	t *testing.T
}

// newPacing plays arrivals at the given milliseconds.
func newPacing(t *testing.T, connections int, ms ...int64) *pacing {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	to, err := NewEndpoint(t.Context(), "http://"+ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var s schedule
	for _, at := range ms {
		s.at = append(s.at, at*1e6)
	}
	p := &plan{
		endpoint: to, length: time.Second, binWidth: 100 * time.Millisecond,
		timeout: int64(100 * time.Millisecond), limit: int64(100 * time.Millisecond), keepAlive: true, stopped: new(atomic.Bool),
	}
	l, err := newLoop(p, &openSource{schedule: s, stride: 1}, Clock{Start: time.Now()}, connections)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return &pacing{l, t}
}

// at lets the loop act at a time in milliseconds, and checks how many requests
// are then under way.
func (p *pacing) at(ms, inFlight int64) {
	p.t.Helper()
	time.Sleep(time.Duration(ms*1e6 - p.clock.Now()))
	now := p.clock.Now()
	p.rec.tick(now)
	p.expire(now)
	p.sendDue(now)
	if p.rec.inFlight != inFlight {
		p.t.Errorf("at %d ms %d requests are in flight, want %d", ms, p.rec.inFlight, inFlight)
	}
}

// ended checks the outcomes.
func (p *pacing) ended(want bench.Outcomes) {
	p.t.Helper()
	if p.rec.outcomes != want {
		p.t.Errorf("got %+v, want %+v", p.rec.outcomes, want)
	}
	if p.rec.offered != want.Sum() {
		p.t.Errorf("offered %d, want %d", p.rec.offered, want.Sum())
	}
}

func TestPacerSendsWhatIsDueAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacing(t, 10, 0, 10, 10, 50)
		p.at(0, 1)
		p.at(9, 1)
		p.at(10, 3)
		p.at(59, 4)
		p.at(100, 3) // the first has waited 100 ms
		p.at(110, 1)
		p.at(150, 0)
		p.ended(bench.Outcomes{Timeout: 4})
		// The last was sent 9 ms late, and only it.
		if n, worst := p.rec.latencies[sendLag].ValueAtQuantile(50), p.rec.latencies[sendLag].Max(); n > 1e3 || worst < 8.9e6 || worst > 9.1e6 {
			t.Errorf("lag has median %d and maximum %d ns, want 0 and 9 ms", n, worst)
		}
	})
}

func TestArrivalsThatWaitForAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacing(t, 1, 0, 20, 30, 120)
		p.at(0, 1)
		p.at(30, 1) // both wait: there is one connection
		if p.available() {
			t.Error("a connection is available")
		}
		p.at(100, 1) // it is free, and takes the second
		p.at(125, 1) // that has timed out at 120; the third is next
		p.at(130, 1) // and the fourth
		p.at(220, 0)
		p.ended(bench.Outcomes{Timeout: 4})
		// Waiting for a connection is not the generator's fault.
		if worst := p.rec.latencies[sendLag].Max(); worst > 10.1e6 {
			t.Errorf("lag of %d ns, want at most 10 ms", worst)
		}
	})
}

func TestArrivalsThatNeverGetAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacing(t, 1, 0, 1, 2, 300)
		p.at(0, 1)
		p.at(200, 0) // the deadlines of all three have passed
		p.at(300, 1)
		p.at(400, 0)
		p.ended(bench.Outcomes{Timeout: 2, Unsent: 2})
		if p.rec.failure != errNoConnection {
			t.Errorf("the reason is %v, want that no connection was free", p.rec.failure)
		}
	})
}

func TestALoopThatCannotKeepUpLeavesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacing(t, 9, 0, 1, 19, 29, 30)
		p.at(0, 1)
		p.at(30, 3) // the second and third are more than 10 ms late
		p.at(130, 0)
		p.ended(bench.Outcomes{Timeout: 3, Unsent: 2})
		if p.rec.failure != errBehind {
			t.Errorf("the reason is %v, want that the generator could not keep up", p.rec.failure)
		}
	})
}

func TestWakeUpIsTheNextDeadlineOrArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacing(t, 2, 0, 30, 40, 500)
		if got := p.nextWake(); got != 0 {
			t.Errorf("wakes at %d, want at once", got)
		}
		p.at(0, 1)
		if got := p.nextWake(); got != 30e6 {
			t.Errorf("wakes at %d ns, want 30 ms, the next arrival", got)
		}
		p.at(39, 2)
		p.at(45, 2)
		if got := p.nextWake(); got != 100e6 {
			t.Errorf("wakes at %d ns, want 100 ms, the first deadline: an arrival that waits for a connection is no reason", got)
		}
		p.at(300, 0)
		if got := p.nextWake(); got != 400e6 {
			t.Errorf("wakes at %d ns, want 400 ms, to see an interrupt", got)
		}
	})
}

func TestInterruptWithdrawsWhatIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacing(t, 3, 16, 17, 18, 30)
		p.at(20, 3)
		p.abandon()
		p.ended(bench.Outcomes{})
		if !p.source.exhausted() {
			t.Error("there is more to send after an interrupt")
		}
	})
}
