package experiment

import (
	"math"
	"strings"

	"millpond/bench"
	"millpond/bench/stats"
)

// measure is a figure of one trial, NaN if it is not known.
type measure func(bench.Trial) float64

// each is a measure in every trial of a point.
func each(of measure) func(evidence, stats.Point) stats.Estimate {
	return func(_ evidence, p stats.Point) stats.Estimate { return p.Each(of) }
}

// kept is the goodput as a share of what can be had: the peak, or what was offered if
// that is less.
func kept(e evidence, p stats.Point) stats.Estimate {
	return p.Each(func(t bench.Trial) float64 { return t.Goodput / min(e.peak, float64(t.Offered)/t.Duration) })
}

// ofCapacity is the goodput as a share of the closed loop's throughput.
func ofCapacity(e evidence, p stats.Point) stats.Estimate {
	capacity := e.capacity()
	return p.Each(func(t bench.Trial) float64 { return t.Goodput / capacity })
}

func goodput(t bench.Trial) float64 { return t.Goodput }

// attained is the share of requests that were answered in time.
func attained(t bench.Trial) float64 { return t.Attainment.Float() }

// timeouts is the number of requests that timed out.
func timeouts(t bench.Trial) float64 { return float64(t.Outcomes.Timeout) }

// unread is the number of requests that got neither an answer nor a refusal.
func unread(t bench.Trial) float64 {
	return float64(t.Outcomes.Timeout + t.Outcomes.Refused + t.Outcomes.Reset + t.Outcomes.Error)
}

// quantile is a percentile of what was served or of what was refused.
func quantile(q float64, which func(bench.Latency) bench.Histogram) measure {
	return func(t bench.Trial) float64 { return stats.QuantileOf(stats.Decoded(which(t.Latency)), q) }
}

// attainedBy is the share in time of some of the requests of a list.
func attainedBy(from, to int) measure {
	return func(t bench.Trial) float64 {
		var sum bench.Outcomes
		for i, o := range t.ByRequest {
			if i >= from && i < to {
				sum = sum.Plus(o)
			}
		}
		return float64(sum.OK) / float64(sum.Sum())
	}
}

// wasted is the share of the requests worked off, as the server's workers count them,
// that gave no answer in time, as the client counts: what ended late or for a client that
// had left. Both were read at the same moments. It is not known of a server that counts
// fewer than its clients.
func wasted(t bench.Trial) float64 {
	var first, last bench.Sample
	for _, x := range t.Used().Samples {
		if x.At < 0 || x.At >= t.Duration || !x.Completed.Known() || !x.Answered.Known() {
			continue
		}
		if last = x; !first.Completed.Known() {
			first = x
		}
	}
	done := last.Completed.Float() - first.Completed.Float()
	if !(done > 0) {
		return math.NaN()
	}
	share := 1 - (last.Answered.Float()-first.Answered.Float())/done
	if share < -miscounted {
		return math.NaN()
	}
	return max(0, share)
}

// miscounted is by how much the counters of client and server may differ, since they are
// not read at exactly the same moment.
const miscounted = 0.02

// stepSettles is how long after a jump a server may take to find itself.
const stepSettles = 0.2

// steps is, over all bins of a load that jumps that come later than stepSettles after a
// jump, the goodput over what can be had: of the high levels, or of the low ones. It is
// summed over the jumps of all trials.
func steps(high bool) func(evidence, stats.Point) stats.Estimate {
	return func(e evidence, p stats.Point) stats.Estimate {
		capacity := e.capacity()
		sum := func(t bench.Trial) (got, possible float64) {
			for _, b := range t.Series {
				phase, ok := phaseAt(t, b.At)
				if !ok || b.At < 0 || b.At < phase.From+stepSettles-1e-9 || (phase.Rate > capacity) != high {
					continue
				}
				if high {
					got += float64(b.Answered) // what is answered after the step is not its goodput
				} else {
					got += float64(b.Outcomes.OK)
				}
				possible += math.Min(float64(b.Offered), capacity*t.BinWidth)
			}
			return got, possible
		}
		var got, possible float64
		estimate := p.Each(func(t bench.Trial) float64 {
			g, of := sum(t)
			got, possible = got+g, possible+of
			return g / of
		})
		estimate.Median = got / possible
		return estimate
	}
}

func phaseAt(t bench.Trial, at float64) (bench.Phase, bool) {
	for _, p := range t.Phases {
		if p.From <= at+1e-9 && at+1e-9 < p.To {
			return p, true
		}
	}
	return bench.Phase{}, false
}

// changeSettles is how long after work has changed the number of workers may take to
// follow, in seconds.
const changeSettles = 1

// afterChange is the share in time of what was offered later than that after a change.
func afterChange(t bench.Trial) float64 {
	return attainedIf(t, func(b bench.Bin) bool {
		phase, ok := phaseAt(t, b.At)
		return ok && b.At >= phase.From+changeSettles-1e-9
	})
}

// afterStall is the share in time of what was meant to be sent two seconds and more after
// a stall of one second, which begins after a third of the trial.
func afterStall(t bench.Trial) float64 {
	return attainedIf(t, func(b bench.Bin) bool { return b.At >= t.Duration/3+3 })
}

// attainedIf is the share in time of some bins.
func attainedIf(t bench.Trial, counts func(bench.Bin) bool) float64 {
	var got, offered int64
	for _, b := range t.Series {
		if b.At >= 0 && counts(b) {
			got, offered = got+b.Outcomes.OK, offered+b.Offered
		}
	}
	return float64(got) / float64(offered)
}

// paired is a figure of two trials, for each trial of p and the one of q with the same
// schedule.
func paired(p, q stats.Point, of func(t, u bench.Trial) float64) stats.Estimate {
	return p.Each(func(t bench.Trial) float64 {
		for _, u := range q.Trials {
			if u.Repeat == t.Repeat {
				return of(t, u)
			}
		}
		return math.NaN()
	})
}

func ratio(of measure) func(t, u bench.Trial) float64 {
	return func(t, u bench.Trial) float64 { return of(t) / of(u) }
}

func difference(of measure) func(t, u bench.Trial) float64 {
	return func(t, u bench.Trial) float64 { return of(t) - of(u) }
}

// against compares with another server at the same load.
func against(other string, of func(t, u bench.Trial) float64) func(evidence, stats.Point) stats.Estimate {
	return func(e evidence, p stats.Point) stats.Estimate {
		if p.Server == other {
			return stats.EstimateOf(nil)
		}
		q, ok := e.at(other, p.Phase)
		if !ok {
			return stats.EstimateOf(nil)
		}
		return paired(p, q, of)
	}
}

// bestStatic is a measure over that of the best static number of workers at the same
// load.
func bestStatic(of measure) func(evidence, stats.Point) stats.Estimate {
	return func(e evidence, p stats.Point) stats.Estimate {
		var best stats.Point
		for _, q := range e.points {
			rival := q.Phase == p.Phase && q.Server != p.Server && strings.HasPrefix(q.Server, "workers")
			if rival && (best.Trials == nil || q.Each(of).Median > best.Each(of).Median) {
				best = q
			}
		}
		if best.Trials != nil {
			e.consult(best)
		}
		return paired(p, best, ratio(of))
	}
}
