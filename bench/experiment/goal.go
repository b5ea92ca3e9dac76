package experiment

import (
	"math"
	"strings"

	"millpond/bench"
	"millpond/bench/stats"
)

// Goal is a target: a figure that every server of millpond's has to reach at some loads.
type Goal struct {
	Row   int
	Name  string
	Unit  string
	Less  bool
	Bound float64
	// From and To are the multiples that it is about; 0 and 0 are all.
	From, To float64
	// Phase, if not empty, must be part of the phase's name, Server the server's.
	Phase, Server string
	Of            func(evidence, stats.Point) float64
}

// covers tells whether a goal is about a point.
func (g Goal) covers(p stats.Point) bool {
	m := p.Multiple()
	return (g.From == 0 && g.To == 0 || g.From <= m && m <= g.To) && strings.Contains(p.Phase, g.Phase)
}

// evidence is what a scenario found.
type evidence struct {
	run    *bench.Run
	points []stats.Point
	peak   float64 // the best goodput of any server at any load
}

// beside is the point of another server at the same load.
func (e evidence) beside(server string, p stats.Point) (stats.Point, bool) {
	for _, q := range e.points {
		if q.Server == server && q.Phase == p.Phase {
			return q, true
		}
	}
	return stats.Point{}, false
}

// kept is the goodput as a share of what can be had: the peak, or what is offered if
// that is less.
func kept(e evidence, p stats.Point) float64 {
	return p.Goodput().Median / min(e.peak, p.Rate())
}

// ofCapacity is the goodput as a share of the closed loop's throughput.
func ofCapacity(e evidence, p stats.Point) float64 { return p.Goodput().Median / e.run.Capacity }

// attained is the share of requests that were answered in time.
func attained(_ evidence, p stats.Point) float64 {
	return p.Each(func(t bench.Trial) float64 { return t.Attainment.Float() }).Median
}

// timeouts is the number of requests that timed out.
func timeouts(_ evidence, p stats.Point) float64 {
	return p.Each(func(t bench.Trial) float64 { return float64(t.Outcomes.Timeout) }).Median
}

// lateShare is the part of the good answers that came too late.
func lateShare(_ evidence, p stats.Point) float64 {
	return p.Each(func(t bench.Trial) float64 {
		return float64(t.Outcomes.Late) / float64(t.Outcomes.Late+t.Outcomes.OK)
	}).Median
}

// quantile is a percentile of what was served or of what was refused.
func quantile(q float64, which func(bench.Latency) bench.Histogram) func(evidence, stats.Point) float64 {
	return func(_ evidence, p stats.Point) float64 { return p.Quantile(q, which).Median }
}

// against is a ratio of ours to a rival's at the same load.
func against(rival string, figure func(stats.Point) float64) func(evidence, stats.Point) float64 {
	return func(e evidence, p stats.Point) float64 {
		q, ok := e.beside(rival, p)
		if !ok {
			return math.NaN()
		}
		return figure(p) / figure(q)
	}
}

func goodput(p stats.Point) float64      { return p.Goodput().Median }
func servedMedian(p stats.Point) float64 { return p.Quantile(0.5, stats.Served).Median }

// bestOthers is the goodput against the best of the other servers at the same load.
func bestOthers(e evidence, p stats.Point) float64 {
	best := math.NaN()
	for _, q := range e.points {
		if g := q.Goodput().Median; q.Phase == p.Phase && q.Server != p.Server && strings.HasPrefix(q.Server, "workers") && !(g <= best) {
			best = g
		}
	}
	return p.Goodput().Median / best
}

// dearerThan is by how much processor time more a request costs than with another
// server, in seconds.
func dearerThan(other string) func(evidence, stats.Point) float64 {
	each := func(p stats.Point) float64 {
		return p.Usage(func(u *bench.Usage) bench.Value { return u.CPU }).Median / p.Rate()
	}
	return func(e evidence, p stats.Point) float64 {
		q, ok := e.beside(other, p)
		if !ok {
			return math.NaN()
		}
		return each(p) - each(q)
	}
}

// stepSettles is how long after a jump a server may take to find itself.
const stepSettles = 0.2

// steps is, over all bins of a load that jumps that come later than stepSettles after a
// jump, the goodput over what can be had: of the high levels, or of the low ones.
func steps(high bool) func(evidence, stats.Point) float64 {
	return func(e evidence, p stats.Point) float64 {
		var got, possible float64
		for _, t := range p.Trials {
			for _, b := range t.Series {
				phase, ok := phaseAt(t, b.At)
				if !ok || b.At < phase.From+stepSettles-1e-9 || b.At < 0 || (phase.Rate > e.run.Capacity) != high {
					continue
				}
				got += float64(b.Outcomes.OK)
				possible += math.Min(float64(b.Offered), e.run.Capacity*t.BinWidth)
			}
		}
		return got / possible
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

// afterStall is the share in time of what was meant to be sent two seconds and more after
// a stall of one second, which begins after a third of the trial.
func afterStall(_ evidence, p stats.Point) float64 {
	return p.Each(func(t bench.Trial) float64 {
		var got, offered int64
		for _, b := range t.Series {
			if b.At >= t.Duration/3+3 {
				got, offered = got+b.Outcomes.OK, offered+b.Offered
			}
		}
		return float64(got) / float64(offered)
	}).Median
}

// attainedBy is the share in time of some of the requests of a list.
func attainedBy(from, to int) func(evidence, stats.Point) float64 {
	return func(_ evidence, p stats.Point) float64 {
		return p.Each(func(t bench.Trial) float64 {
			var sum bench.Outcomes
			for i, o := range t.ByRequest {
				if i >= from && i < to {
					sum = sum.Plus(o)
				}
			}
			return float64(sum.OK) / float64(sum.Sum())
		}).Median
	}
}
