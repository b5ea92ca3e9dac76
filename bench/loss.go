package bench

import "math"

// Loss says from when on an objective cannot be kept any more: when more than a
// share of all arrivals failed or took longer than a bound, in seconds. Limit
// is what counts as in time. It is false for objectives of which that cannot be
// said.
func (s Objective) Loss(limit float64) (bound, share float64, ok bool) {
	above := map[string]float64{"p50": 0.5, "p90": 0.1, "p95": 0.05, "p99": 0.01, "p999": 0.001, "max": 0}
	quantile, latency := above[s.Metric]
	switch {
	case latency && s.Less:
		return s.Bound, quantile, true
	case s.Metric == "failures" && s.Less:
		return math.Inf(1), s.Bound, true
	case s.Metric == "attainment" && !s.Less:
		return limit, 1 - s.Bound, true
	}
	return 0, 0, false
}

// Expression is the objective as it was written.
func (s Objective) Expression() string { return s.expression }
