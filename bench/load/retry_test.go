package load

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"millpond/bench"
)

// A client that is served at its second try has waited since its first.
func TestRetriesAreJudgedFromTheFirstIntendedTime(t *testing.T) {
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1)%2 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	for _, c := range []struct {
		limit time.Duration
		want  func(bench.Outcomes) int64
	}{
		{100 * time.Millisecond, func(o bench.Outcomes) int64 { return o.Late }}, // the pause alone takes longer
		{2 * time.Minute, func(o bench.Outcomes) int64 { return o.OK }},
	} {
		asked.Store(0)
		trial := run(t, Load{
			Endpoint: target(t, srv.URL), Connections: 1, Timeout: time.Minute, Limit: c.limit,
			// One arrival, and none that could come between it and its retry.
			Arrivals: Arrivals{Shape: Constant, Segments: []Segment{
				{From: 2, To: 2, Length: 600 * time.Millisecond}, {From: 1e-6, To: 1e-6, Length: time.Millisecond},
			}},
			Retry: Retry{Max: 1, Backoff: 250 * time.Millisecond},
		})
		if got := c.want(trial.Outcomes); got != trial.Offered || trial.Offered != 1 || trial.Retries != trial.Offered {
			t.Errorf("limit %v: offered %d, %d retries, got %+v", c.limit, trial.Offered, trial.Retries, trial.Outcomes)
		}
	}
}

func TestRetriesAfterTheEndAreInNoBin(t *testing.T) {
	r := newRecorder(0, time.Second, 100*time.Millisecond)
	first := attempt{intended: 95e7, due: 95e7}
	r.taken(first)
	for try := range int64(3) {
		r.taken(attempt{intended: first.intended, due: 97e7 + try*5e9, tries: uint8(try + 1)})
	}
	if last := r.bins[len(r.bins)-1]; last.retries != 1 || r.retries != 3 {
		t.Errorf("%d retries in the last bin of %d, want only the one that was due in it of 3", last.retries, r.retries)
	}
}

// A loop that was held up sends late, whichever connection it takes.
func TestLagOnAReusedConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacing(t, 2, 0, 112)
		p.at(0, 1)
		p.at(120, 1) // only now is the first timeout noticed, and the second arrival sent
		if worst := p.rec.latencies[sendLag].Max(); worst < 7.9e6 || worst > 8.1e6 {
			t.Errorf("lag of %d ns, want 8 ms", worst)
		}
	})
}
