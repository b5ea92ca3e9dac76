package process

import (
	"testing"

	"millpond/bench"
)

func TestBacklogsOfClientAndServer(t *testing.T) {
	for _, c := range []struct {
		name         string
		queue, busy  bench.Value
		inFlight     float64
		cpu          float64
		shed         int64
		timeout      int64
		valid, known bool
	}{
		{"they agree", bench.Known(12), bench.Known(8), 20.5, 0.5, 0, 0, true, true},
		{"the server claims what nobody asked", bench.Known(40), bench.Known(8), 20, 0.5, 0, 0, false, true},
		{"or what its clients have given up", bench.Known(40), bench.Known(8), 20, 0.5, 0, 5, true, true},
		{"the generator leaves answers unread", bench.Known(1), bench.Known(1), 20, 0.5, 0, 0, false, true},
		{"the kernel holds what a saturated server has not read", bench.Known(1), bench.Known(1), 20, 0.99, 0, 0, true, true},
		{"or one that refuses", bench.Known(1), bench.Known(1), 20, 0.5, 9, 0, true, true},
		{"a server that does not say", bench.Value{}, bench.Known(1), 20, 0.5, 0, 0, true, false},
		{"nothing was asked of it", bench.Known(0), bench.Known(0), 0, 0, 0, 0, true, false},
	} {
		trial := &bench.Trial{Offered: 100, Outcomes: bench.Outcomes{OK: 100 - c.shed - c.timeout, Shed: c.shed, Timeout: c.timeout}, Duration: 8, Validity: bench.Validity{Valid: true}}
		trial.Usage = &bench.Usage{CPU: bench.Known(c.cpu)}
		for i := range 8 {
			noise := float64(i%2)/2 - 0.25
			trial.Usage.Samples = append(trial.Usage.Samples,
				bench.Sample{At: float64(i), Queue: c.queue, Busy: c.busy, InFlight: bench.Known(c.inFlight + noise*min(c.inFlight, 1))})
		}
		// What was sampled before and after the trial is not looked at.
		for _, at := range []float64{-1, 9} {
			trial.Usage.Samples = append(trial.Usage.Samples, bench.Sample{At: at, Queue: bench.Known(1e6), Busy: bench.Known(1)})
		}
		CompareBacklog(trial, 1)
		if v := trial.Validity; v.Valid != c.valid || v.LittleResidual.Known() != c.known {
			t.Errorf("%s: %+v, want valid %v", c.name, v, c.valid)
		}
	}
}
