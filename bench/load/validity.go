package load

import (
	"gonum.org/v1/gonum/stat"

	"millpond/bench"
)

// The rules by which a trial is believed; see [bench.Validity].
const (
	minRateRatio    = 0.99
	maxLag          = 1e-3 // s, or …
	maxLagShare     = 0.05 // … this share of the served p99, if that is more
	MaxGeneratorCPU = 0.85
)

// divergingShare is how much of the offered load has to pile up, second by
// second, for a trial to have no steady state.
const divergingShare = 0.05

// judgeTrial applies the rules to a trial whose figures are complete.
func judgeTrial(t *bench.Trial, r *recorder) bench.Validity {
	v := bench.Validity{Valid: true, RateRatio: 1}
	if sum := t.Outcomes.Sum(); sum != t.Offered {
		v.Reject("%d arrivals were offered but %d outcomes counted: the generator has lost track.", t.Offered, sum)
	}
	if t.Offered == 0 {
		v.Reject("Nothing was offered: the load is too short for its rate.")
	} else {
		v.RateRatio = float64(t.Offered-t.Outcomes.Unsent) / float64(t.Offered)
	}
	if v.RateRatio < minRateRatio {
		v.Reject("%.1f %% of the arrivals could not be sent: %v.", 100*(1-v.RateRatio), r.failure)
	}
	lag := t.Latency.Lag.P99.Or(0) // of too few values: nothing to reproach
	if bound := max(maxLag, maxLagShare*t.Latency.Served.P99.Or(0)); t.Loop == "open" && lag > bound {
		v.Reject("Requests left late: the p99 of the send-time error is %.2f ms, above %.2f ms.",
			1e3*lag, 1e3*bound)
	}
	if t.Generator.CPU > MaxGeneratorCPU {
		v.Reject("The generator used %.0f %% of its processor, above %.0f %%: what was measured may be its limit, not the server's.",
			100*t.Generator.CPU, 100*MaxGeneratorCPU)
	}
	v.InFlightSlope = slope(t.Series)
	// Patience bounds the backlog of a hopeless server too: its growth then shows
	// only in the clients that gave up.
	v.Diverging = t.Loop == "open" && len(t.Phases) == 0 &&
		max(v.InFlightSlope, float64(t.Outcomes.Timeout)/t.Duration) > divergingShare*t.Rate
	return v
}

// slope is the least-squares growth of the number in flight, per second, after
// the warm-up.
func slope(series []bench.Bin) float64 {
	var at, inFlight []float64
	for _, b := range series {
		if b.At >= 0 {
			at, inFlight = append(at, b.At), append(inFlight, float64(b.InFlight))
		}
	}
	if len(at) < 3 {
		return 0
	}
	_, growth := stat.LinearRegression(at, inFlight, nil, false)
	return growth
}
