package load

import (
	"testing"
	"time"

	"millpond/bench"
)

func TestThreadsShareASchedule(t *testing.T) {
	s := schedule{at: []int64{1, 2, 3, 4, 5, 6, 7}}
	seen := map[int64]int{}
	for i := range 3 {
		src := &openSource{schedule: s, next: i, stride: 3}
		for a, ok := src.peek(); ok; a, ok = src.peek() {
			seen[a.intended]++
			src.take()
		}
		if !src.exhausted() {
			t.Error("a source without arrivals is not exhausted")
		}
	}
	for _, at := range s.at {
		if seen[at] != 1 {
			t.Errorf("arrival %d was sent %d times", at, seen[at])
		}
	}
}

func TestClosedLoopKeepsItsClientsBusy(t *testing.T) {
	s := newClosedSource(2, 100, func() uint8 { return 0 })
	take := func(want int64) attempt {
		t.Helper()
		a, ok := s.peek()
		if !ok || a.due != want {
			t.Fatalf("got %+v (%v), want one due at %d", a, ok, want)
		}
		s.take()
		return a
	}
	first := take(0)
	take(0)
	if _, ok := s.peek(); ok || !s.exhausted() {
		t.Error("two clients sent three requests")
	}
	s.ended(first, bench.OK, 40)
	second := take(40)
	s.ended(second, bench.Timeout, 100) // the load is over
	if _, ok := s.peek(); ok {
		t.Error("a client went on after the end")
	}
}

func TestRetriesBackOff(t *testing.T) {
	s := newRetrySource(&openSource{schedule: schedule{at: []int64{0}}, stride: 1}, Retry{Max: 3, Backoff: time.Millisecond}, 1)
	now, mean := int64(0), 1e6
	for try := range 4 {
		a, ok := s.peek()
		if !ok || int(a.tries) != try || a.intended != 0 {
			t.Fatalf("attempt %d: got %+v (%v)", try, a, ok)
		}
		if pause := float64(a.due - now); try > 0 && (pause < mean/2 || pause > mean*1.5) {
			t.Errorf("pause before attempt %d is %v ns, want %v to %v", try, pause, mean/2, mean*1.5)
		}
		if try > 0 {
			mean *= 2
		}
		s.take()
		now = a.due
		if again := s.ended(a, bench.Shed, now); again != (try < 3) {
			t.Fatalf("attempt %d is retried: %v", try, again)
		}
	}
	if !s.exhausted() {
		t.Error("there is a fifth attempt")
	}
}

func TestRetriesTakeTurnsWithArrivals(t *testing.T) {
	s := newRetrySource(&openSource{schedule: schedule{at: []int64{0, 10e6, 900e6}}, stride: 1}, Retry{Max: 1, Backoff: 100 * time.Millisecond}, 1)
	a, _ := s.peek()
	s.take()
	s.ended(a, bench.Reset, 0)
	var order []uint8
	for a, ok := s.peek(); ok; a, ok = s.peek() {
		order = append(order, a.tries)
		s.take()
		s.ended(a, bench.OK, a.due)
	}
	if len(order) != 3 || order[0] != 0 || order[1] != 1 || order[2] != 0 {
		t.Errorf("got tries %v, want the retry between the second and the third arrival", order)
	}
}

func TestSuccessIsNotRetried(t *testing.T) {
	s := newRetrySource(&openSource{schedule: schedule{at: []int64{0}}, stride: 1}, Retry{Max: 3}, 1)
	a, _ := s.peek()
	s.take()
	if s.ended(a, bench.OK, 1) || s.ended(a, bench.Late, 1) {
		t.Error("an answer is asked for again")
	}
}

func TestRetryBudget(t *testing.T) {
	at := make([]int64, 1000)
	s := newRetrySource(&openSource{schedule: schedule{at: at}, stride: 1}, Retry{Max: 5, Budget: 0.1}, 1)
	retried := 0
	for range at {
		a, _ := s.source.peek()
		s.take()
		if s.ended(a, bench.Timeout, 1e9) {
			retried++
		}
	}
	// A tenth of the arrivals, and the ten tokens of the start.
	if retried < 109 || retried > 110 {
		t.Errorf("%d retries of 1000 failures, want 110", retried)
	}
	if left := s.stop(); len(left) != retried {
		t.Errorf("stopping returns %d arrivals, want the %d that wait for their retry", len(left), retried)
	}
}

func TestRefusedClientsOfAClosedLoopPause(t *testing.T) {
	for outcome, pause := range map[bench.Outcome]int64{bench.OK: 0, bench.Timeout: 0, bench.Shed: refusedPause, bench.Refused: refusedPause} {
		s := newClosedSource(1, 1e9, func() uint8 { return 0 })
		a, _ := s.peek()
		s.take()
		s.ended(a, outcome, 5e6)
		if next, ok := s.peek(); !ok || next.due != 5e6+pause {
			t.Errorf("after outcome %d: due at %d, want %d", outcome, next.due, 5e6+pause)
		}
	}
}
