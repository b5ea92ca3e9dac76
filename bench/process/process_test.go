package process

import (
	"testing"
	"time"

	"millpond/bench"
)

func TestCountersThatDisagree(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after Scrape
		valid         bool
	}{
		"agree":            {Scrape{metricRequests: 5}, Scrape{metricRequests: 1005}, true},
		"within the slack": {Scrape{metricRequests: 0}, Scrape{metricRequests: 1025}, true},
		"its own scrapes":  {Scrape{metricRequests: 0}, Scrape{metricRequests: 1046}, true},
		"too many":         {Scrape{metricRequests: 0}, Scrape{metricRequests: 1200}, false},
		"too few":          {Scrape{metricRequests: 0}, Scrape{metricRequests: 900}, false},
		"no metrics":       {nil, nil, true},
		"too busy to say":  {Scrape{metricRequests: 0}, nil, true},
		"new counter":      {Scrape{}, Scrape{metricRequests: 1000}, true},
		"sheds agree":      {Scrape{}, Scrape{metricSheds: 400}, true},
		"sheds hidden":     {Scrape{metricSheds: 9}, Scrape{metricSheds: 9}, false},
	} {
		t.Run(name, func(t *testing.T) {
			trial := &bench.Trial{
				Usage: new(bench.Usage), Generator: bench.Generator{Attempts: 1010, Answers: 1000},
				Series: []bench.Bin{{Outcomes: bench.Outcomes{OK: 600, Shed: 400}}}, BinWidth: 9, Timeout: 1,
			}
			trial.Validity.Valid = true
			CompareCounters(trial, tc.before, tc.after)
			if trial.Validity.Valid != tc.valid {
				t.Errorf("got %+v", trial.Validity)
			}
		})
	}
}

func TestNeighbours(t *testing.T) {
	begin := time.Now()
	n := &Interference{cores: []int{1, 2}, start: coreTime{at: begin, busy: 100, own: 10}}
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
