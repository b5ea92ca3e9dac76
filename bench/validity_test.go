package bench

import (
	"errors"
	"testing"
	"time"
)

// recorded is what a flawless open-loop trial of 100 arrivals leaves behind.
func recorded() (*Trial, *recorder) {
	r := newRecorder(0, time.Second, 100*time.Millisecond)
	t := &Trial{
		Loop: "open", Rate: 100, Duration: 1, Offered: 100, Outcomes: Outcomes{OK: 100},
		Latency: Latency{Served: Histogram{Count: 100, P99: 0.01}, Lag: Histogram{P99: 0.0001}},
	}
	return t, r
}

func TestValidityRules(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil  func(*Trial, *recorder)
		reason string // empty: valid
	}{
		"flawless":  {func(*Trial, *recorder) {}, ""},
		"lost":      {func(t *Trial, _ *recorder) { t.Outcomes.OK-- }, "lost track"},
		"nothing":   {func(t *Trial, _ *recorder) { t.Offered, t.Outcomes = 0, Outcomes{} }, "Nothing was offered"},
		"some late": {func(t *Trial, _ *recorder) { t.Latency.Lag.P99 = 0.0011 }, "left late"},
		"late, but the answers are slow": {func(t *Trial, _ *recorder) {
			t.Latency.Lag.P99, t.Latency.Served.P99 = 0.0011, 0.1
		}, ""},
		"late in a closed loop": {func(t *Trial, _ *recorder) { t.Loop, t.Latency.Lag.P99 = "closed", 1 }, ""},
		"a few unsent":          {func(t *Trial, _ *recorder) { t.Outcomes.OK, t.Outcomes.Unsent = 99, 1 }, ""},
		"many unsent": {func(t *Trial, r *recorder) {
			t.Outcomes.OK, t.Outcomes.Unsent, r.failure = 90, 10, errors.New("out of ports")
		}, "out of ports"},
		"starved":          {func(t *Trial, _ *recorder) { t.Generator.CPU = 0.9 }, "generator used 90 %"},
		"against Little":   {func(_ *Trial, r *recorder) { r.area, r.flight = 120, 100 }, "number in flight disagrees"},
		"all are refused":  {func(t *Trial, _ *recorder) { t.Outcomes = Outcomes{Refused: 100} }, ""},
		"sheds everything": {func(t *Trial, _ *recorder) { t.Outcomes = Outcomes{Shed: 100} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			trial, r := recorded()
			tc.spoil(trial, r)
			trial.Validity = judgeTrial(trial, r)
			if trial.Validity.Valid != (tc.reason == "") || trial.Validity.Valid != (len(trial.Validity.Reasons) == 0) {
				t.Fatalf("got %+v", trial.Validity)
			}
			if tc.reason != "" && !rejected(trial, tc.reason) {
				t.Errorf("reasons %q, want one with %q", trial.Validity.Reasons, tc.reason)
			}
		})
	}
}

func TestDivergence(t *testing.T) {
	trial, r := recorded()
	for i := range 10 {
		trial.Series = append(trial.Series, Bin{At: float64(i) / 10, InFlight: int64(10 * i)})
	}
	v := judgeTrial(trial, r)
	if !v.Diverging || v.InFlightSlope < 99 || v.InFlightSlope > 101 {
		t.Errorf("a backlog that grows by 100/s: %+v", v)
	}
	trial.Series = nil
	trial.Outcomes = Outcomes{OK: 90, Timeout: 10}
	if v := judgeTrial(trial, r); !v.Diverging {
		t.Errorf("every tenth client gives up: %+v", v)
	}
	trial.Phases = []Phase{{}, {}}
	if v := judgeTrial(trial, r); v.Diverging {
		t.Error("a load that changes has no steady state to miss")
	}
}

func TestLittleHoldsForWhatIsRecorded(t *testing.T) {
	r := newRecorder(0, time.Second, time.Second)
	r.move(0, 1)
	r.move(100, 1)
	r.move(150, -1)
	r.move(400, -1)
	r.flight = 150 + 300
	if got := r.littleResidual(); got != 0 {
		t.Errorf("residual %v, want 0", got)
	}
}

func TestCountersThatDisagree(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after scrape
		valid         bool
	}{
		"agree":            {scrape{metricRequests: 5}, scrape{metricRequests: 1005}, true},
		"within the slack": {scrape{metricRequests: 0}, scrape{metricRequests: 1025}, true},
		"too many":         {scrape{metricRequests: 0}, scrape{metricRequests: 1200}, false},
		"too few":          {scrape{metricRequests: 0}, scrape{metricRequests: 900}, false},
		"no metrics":       {nil, nil, true},
		"too busy to say":  {scrape{metricRequests: 0}, nil, true},
		"new counter":      {scrape{}, scrape{metricRequests: 1000}, true},
		"sheds agree":      {scrape{}, scrape{metricSheds: 400}, true},
		"sheds hidden":     {scrape{metricSheds: 9}, scrape{metricSheds: 9}, false},
	} {
		t.Run(name, func(t *testing.T) {
			trial := &Trial{
				Server: new(Server), Generator: Generator{Attempts: 1010, Answers: 1000},
				Series: []Bin{{Outcomes: Outcomes{OK: 600, Shed: 400}}},
			}
			v := Validity{Valid: true}
			v.compare(trial, tc.before, tc.after)
			if v.Valid != tc.valid {
				t.Errorf("got %+v", v)
			}
		})
	}
}

func TestNeighbours(t *testing.T) {
	begin := time.Now()
	n := &neighbours{cores: []int{1, 2}, start: coreTime{at: begin, busy: 100, own: 10}}
	for _, tc := range []struct{ busy, own, want float64 }{
		{120, 30, 0},   // all of it was the server
		{114, 14, 0.5}, // 10 s of 20 were not
		{100, 12, 0},   // ticks are coarse
		{120, 10, 1},   // none of it was
	} {
		if got := n.foreign(coreTime{at: begin.Add(10 * time.Second), busy: tc.busy, own: tc.own}); got != tc.want {
			t.Errorf("busy %v, own %v: %v used by others, want %v", tc.busy, tc.own, got, tc.want)
		}
	}
}
