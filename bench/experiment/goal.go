package experiment

import (
	"cmp"
	"fmt"
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
	return e.points[i], true
}

// judgeGoals finds for each goal the server and load at which it was worst.
func judgeGoals(run *bench.Run, goals []Goal, chosen []Variant, refused string) []bench.Target {
	e := newEvidence(run)
	var all []bench.Target
	for _, g := range goals {
		all = append(all, e.judge(g, chosen, refused))
	}
	return all
}

// mostDoubts is how many of the loads with invalid trials a target names.
const mostDoubts = 3

// judge holds one goal against the evidence.
func (e evidence) judge(g Goal, chosen []Variant, refused string) bench.Target {
	t := bench.Target{Row: g.Row, Name: g.Name, Unit: g.Unit, Less: g.Less, Bound: g.Bound, Why: refused}
	var doubtful []string
	for _, v := range chosen {
		mine := !v.Beside && (g.Server == "" || g.Server == v.Name)
		worst := bench.Reached{}
		for _, p := range e.points {
			if p.Server != v.Name || !g.covers(p) {
				continue
			}
			r := reached(p, g.Of(e, p))
			if t.Worse(r.Value, worst.Value) {
				worst = r
			}
			if bad := invalid(p); bad > 0 && r.Value.Known() && mine {
				doubtful = append(doubtful, fmt.Sprintf("%d of %d of %s at %s", bad, len(p.Trials), p.Server, p.Phase))
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
		t.Why = cmp.Or(t.Why, "it was not measured")
	}
	if len(doubtful) > 0 {
		if more := len(doubtful) - mostDoubts; more > 0 {
			doubtful = append(doubtful[:mostDoubts], fmt.Sprintf("and %d more", more))
		}
		t.Why = cmp.Or(t.Why, "invalid trials: "+strings.Join(doubtful, ", "))
	}
	t.Judge()
	return t
}

// reached is a figure of a point.
func reached(p stats.Point, e stats.Estimate) bench.Reached {
	if math.IsInf(e.Median, 0) {
		e.Median = math.NaN()
	}
	return bench.Reached{
		Server: p.Server, Phase: p.Phase, Value: bench.Known(e.Median), Trials: len(e.Values),
		Low: bench.Known(e.Low), High: bench.Known(e.High), Interval: e.Interval,
	}
}

// invalid is how many trials of a point are.
func invalid(p stats.Point) int {
	n := 0
	for _, t := range p.Trials {
		if !t.Validity.Valid {
			n++
		}
	}
	return n
}
