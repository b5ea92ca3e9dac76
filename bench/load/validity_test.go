package load

import (
	"errors"
	"strings"
	"testing"
	"time"

	"millpond/bench"
)

// p99 is a distribution of which only that is known.
func p99(seconds float64) bench.Histogram {
	return bench.Histogram{Percentiles: bench.Percentiles{P99: bench.Known(seconds)}}
}

// recorded is what a flawless open-loop trial of 100 arrivals leaves behind.
func recorded() (*bench.Trial, *recorder) {
	r := newRecorder(0, time.Second, 100*time.Millisecond)
	t := &bench.Trial{
		Loop: "open", Rate: 100, Duration: 1, Offered: 100, Outcomes: bench.Outcomes{OK: 100},
		Latency: bench.Latency{Served: p99(0.01), Lag: p99(0.0001)},
	}
	return t, r
}

// A server is blamed only for what reached it.
func TestFault(t *testing.T) {
	for want, outcomes := range map[string]bench.Outcomes{
		"":                         {OK: 1, Timeout: 99},
		"was sent nothing: behind": {Unsent: 100},
		"served nothing: 99 wrong answers, 1 unsent request (not HTTP)": {Error: 99, Unsent: 1},
	} {
		_, r := recorded()
		r.offered, r.outcomes, r.failure, r.broken = 100, outcomes, errors.New("behind"), errors.New("not HTTP")
		if got := r.fault(); got != want {
			t.Errorf("%+v: fault %q, want %q", outcomes, got, want)
		}
	}
}

func TestValidityRules(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil  func(*bench.Trial, *recorder)
		reason string // empty: valid
	}{
		"flawless":  {func(*bench.Trial, *recorder) {}, ""},
		"lost":      {func(t *bench.Trial, _ *recorder) { t.Outcomes.OK-- }, "lost track"},
		"nothing":   {func(t *bench.Trial, _ *recorder) { t.Offered, t.Outcomes = 0, bench.Outcomes{} }, "Nothing was offered"},
		"some late": {func(t *bench.Trial, _ *recorder) { t.Latency.Lag = p99(0.0011) }, "left late"},
		"late, but the answers are slow": {func(t *bench.Trial, _ *recorder) {
			t.Latency.Lag, t.Latency.Served = p99(0.0011), p99(0.1)
		}, ""},
		"late in a closed loop": {func(t *bench.Trial, _ *recorder) { t.Loop, t.Latency.Lag = "closed", p99(1) }, ""},
		"a few unsent":          {func(t *bench.Trial, _ *recorder) { t.Outcomes.OK, t.Outcomes.Unsent = 99, 1 }, ""},
		"many unsent": {func(t *bench.Trial, r *recorder) {
			t.Outcomes.OK, t.Outcomes.Unsent, r.failure = 90, 10, errors.New("out of ports")
		}, "out of ports"},
		"starved":             {func(t *bench.Trial, _ *recorder) { t.Generator.CPU = 0.9 }, "generator used 90 %"},
		"starved closed loop": {func(t *bench.Trial, _ *recorder) { t.Loop, t.Generator.CPU = "closed", 0.99 }, "its limit, not the server's"},
		"all are refused":     {func(t *bench.Trial, _ *recorder) { t.Outcomes = bench.Outcomes{Refused: 100} }, ""},
		"sheds everything":    {func(t *bench.Trial, _ *recorder) { t.Outcomes = bench.Outcomes{Shed: 100} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			trial, r := recorded()
			tc.spoil(trial, r)
			trial.Validity = judgeTrial(trial, r)
			if trial.Validity.Valid != (tc.reason == "") || trial.Validity.Valid != (len(trial.Validity.Reasons) == 0) {
				t.Fatalf("got %+v", trial.Validity)
			}
			if tc.reason != "" && !strings.Contains(strings.Join(trial.Validity.Reasons, " "), tc.reason) {
				t.Errorf("reasons %q, want one with %q", trial.Validity.Reasons, tc.reason)
			}
		})
	}
}

func TestDivergence(t *testing.T) {
	trial, r := recorded()
	for i := range 10 {
		trial.Series = append(trial.Series, bench.Bin{At: float64(i) / 10, InFlight: int64(10 * i)})
	}
	v := judgeTrial(trial, r)
	if !v.Diverging || v.InFlightSlope < 99 || v.InFlightSlope > 101 {
		t.Errorf("a backlog that grows by 100/s: %+v", v)
	}
	trial.Series = nil
	trial.Outcomes = bench.Outcomes{OK: 90, Timeout: 10}
	if v := judgeTrial(trial, r); !v.Diverging {
		t.Errorf("every tenth client gives up: %+v", v)
	}
	trial.Phases = []bench.Phase{{}, {}}
	if v := judgeTrial(trial, r); v.Diverging {
		t.Error("a load that changes has no steady state to miss")
	}
}

func TestMeanInFlight(t *testing.T) {
	r := newRecorder(100, 500, 100)
	r.move(0, 1) // the warm-up does not count
	r.move(200, 1)
	r.move(450, -1)
	r.move(900, -1) // nor does what comes after the end
	if got, want := r.meanInFlight(), (100*1+250*2+50*1)/400.; got != want {
		t.Errorf("%v in flight, want %v", got, want)
	}
}

func TestGeneratorCPU(t *testing.T) {
	for _, c := range []struct {
		name         string
		busiest, all time.Duration
		processors   int
		want         float64
	}{
		{"one loop at its limit, another processor idle", time.Second, time.Second, 2, 1},
		{"four loops share one processor", time.Second / 4, time.Second, 1, 1},
		{"four loops on four processors", time.Second / 2, 2 * time.Second, 4, 0.5},
		{"the loop is not alone", time.Second / 4, time.Second / 2, 1, 0.5},
	} {
		if got := cpuShare(c.busiest, c.all, time.Second, c.processors); got != c.want {
			t.Errorf("%s: share %v, want %v", c.name, got, c.want)
		}
	}
}

// TestRatesCountByTheTimeOfTheAnswer has one answer to an arrival of the warm-up,
// one in the measured time, and one after it.
func TestRatesCountByTheTimeOfTheAnswer(t *testing.T) {
	const second = int64(time.Second)
	r := newRecorder(time.Second, 3*time.Second, time.Second)
	for _, a := range []struct {
		intended, answered int64
		outcome            bench.Outcome
	}{{second / 2, second * 3 / 2, bench.OK}, {second, 2 * second, bench.Late}, {2 * second, 4 * second, bench.OK}} {
		r.taken(attempt{intended: a.intended, due: a.intended})
		r.ended(attempt{intended: a.intended, due: a.intended}, a.outcome, a.intended, a.answered)
	}
	l := Load{Warmup: time.Second, Arrivals: plateau(1, 3*time.Second)}
	trial := l.trial(r, bench.Generator{})
	if trial.Goodput != 0.5 || trial.Throughput != 1 {
		t.Errorf("goodput %v and throughput %v, want 0.5/s and 1/s", trial.Goodput, trial.Throughput)
	}
	if want := (bench.Outcomes{OK: 1, Late: 1}); trial.Outcomes != want {
		t.Errorf("outcomes %+v of what was asked for in the measured time, want %+v", trial.Outcomes, want)
	}
	for i, want := range []int64{0, 1, 0} {
		if got := trial.Series[i].Answered; got != want {
			t.Errorf("%d good answers came in second %d, want %d", got, i, want)
		}
	}
}
