package experiment

import (
	"cmp"
	"math"
	"slices"
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
	// Phase, if not empty, must be part of the phase's name, Server the server's. With
	// is another phase that the figure needs.
	Phase, Server, With string
	Of                  func(evidence, stats.Point) stats.Estimate
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
	// consulted, if not nil, gets the points that a figure compares with.
	consulted *[]stats.Point
}

func newEvidence(run *bench.Run) evidence {
	e := evidence{run: run, points: stats.Points(run)}
	for _, p := range e.points {
		e.peak = max(e.peak, p.Goodput().Median)
	}
	return e
}

// at is the point of a server in a phase.
func (e evidence) at(server, phase string) (stats.Point, bool) {
	i := slices.IndexFunc(e.points, func(p stats.Point) bool { return p.Server == server && p.Phase == phase })
	if i < 0 {
		return stats.Point{}, false
	}
	e.consult(e.points[i])
	return e.points[i], true
}

// consult notes that a figure depends on another point than its own.
func (e evidence) consult(p stats.Point) {
	if e.consulted != nil {
		*e.consulted = append(*e.consulted, p)
	}
}

// capacity is that of the run. If no trial that measured it was valid, the figures that
// refer to it are in doubt.
func (e evidence) capacity() float64 {
	p := stats.Point{Phase: bench.PhaseCapacity}
	for _, t := range e.run.Trials {
		if t.Phase == bench.PhaseCapacity {
			p.Server, p.Trials = t.Server, append(p.Trials, t)
		}
	}
	if invalid(p) == len(p.Trials) {
		e.consult(p)
	}
	return e.run.Capacity
}

// judgeGoals finds for each goal the server and load at which it was worst. lacks tells
// why a goal cannot be judged at all, if that is so.
func judgeGoals(run *bench.Run, goals []Goal, chosen []Variant, lacks func(Goal) string) []bench.Target {
	e := newEvidence(run)
	var all []bench.Target
	for _, g := range goals {
		all = append(all, e.judge(g, chosen, lacks(g)))
	}
	return all
}

// judge holds one goal against the evidence.
func (e evidence) judge(g Goal, chosen []Variant, refused string) bench.Target {
	t := bench.Target{Row: g.Row, Name: g.Name, Unit: g.Unit, Less: g.Less, Bound: g.Bound, Why: refused}
	var doubts doubts
	for _, v := range chosen {
		mine := !v.Beside && (g.Server == "" || g.Server == v.Name)
		worst := bench.Reached{}
		for _, p := range e.points {
			if p.Server != v.Name || !g.covers(p) {
				continue
			}
			var others []stats.Point
			e.consulted = &others
			estimate := pessimistic(g.Of(e, p), len(p.Trials), g.Less)
			r := reached(p, estimate)
			if t.Worse(r.Value, worst.Value) {
				worst = r
			}
			if mine {
				doubts.add(p, others, math.IsNaN(estimate.Median) || math.IsInf(estimate.Median, worstSign(g.Less)))
			}
		}
		switch {
		case !worst.Value.Known():
		case !mine:
			t.Beside = append(t.Beside, worst)
		case t.Worse(worst.Value, t.Value):
			t.Reached = worst
		}
	}
	if !t.Value.Known() {
		t.Why = cmp.Or(t.Why, doubts.faults(), "it was not measured")
	}
	t.Why = cmp.Or(t.Why, doubts.String())
	t.Judge()
	return t
}

// worstSign is that of the infinity that is furthest from a goal.
func worstSign(less bool) int {
	if less {
		return 1
	}
	return -1
}

// pessimistic is an estimate in which trials whose figure is not known are as bad as can
// be.
func pessimistic(e stats.Estimate, trials int, less bool) stats.Estimate {
	missing := trials - len(e.Values)
	if missing <= 0 || len(e.Values) == 0 {
		return e
	}
	values := slices.Clone(e.Values)
	for range missing {
		values = append(values, math.Inf(worstSign(less)))
	}
	return stats.EstimateOf(values)
}

// reached is a figure of a point.
func reached(p stats.Point, e stats.Estimate) bench.Reached {
	known := func(v float64) bench.Value {
		if math.IsInf(v, 0) {
			return bench.Value{}
		}
		return bench.Known(v)
	}
	return bench.Reached{
		Server: p.Server, Phase: p.Phase, Value: known(e.Median), Trials: len(e.Values),
		Low: known(e.Low), High: known(e.High), Interval: e.Interval,
	}
}
