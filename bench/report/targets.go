package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"millpond/bench"
	"millpond/bench/stats"
)

// targetsVerdict says how many targets were met, and which were not.
func targetsVerdict(r *bench.Run) verdict {
	met := 0
	var missed []string
	for _, t := range r.Targets {
		if t.Met {
			met++
			continue
		}
		missed = append(missed, fmt.Sprintf("row %d, %s: %s", t.Row, t.Name, targetOutcome(t)))
	}
	v := verdict{Headline: fmt.Sprintf("%d of %s met", met, counted(len(r.Targets), "target"))}
	switch {
	case met == 0 && len(missed) > 1:
		v.Points = missed
	case len(missed) > 0:
		v.Headline += "; " + strings.Join(missed, "; ")
	}
	v.Headline += "."
	return v
}

// rowsVerdict says in a sentence how the rows of the targets fared, over all
// runs, and lists all targets by row. There is nothing to say unless several
// runs have some.
func rowsVerdict(r *bench.Result) (headline string, all grid) {
	var targets []bench.Target
	runs := 0
	for _, run := range r.Runs {
		targets = append(targets, run.Targets...)
		runs += min(1, len(run.Targets))
	}
	if runs < 2 {
		return "", grid{}
	}
	slices.SortStableFunc(targets, func(a, b bench.Target) int { return cmp.Compare(a.Row, b.Row) })
	rows := 0
	var missed []string
	for i, t := range targets {
		if i == 0 || t.Row != targets[i-1].Row {
			rows++
		}
		if row := fmt.Sprint(t.Row); !t.Met && !slices.Contains(missed, row) {
			missed = append(missed, row)
		}
	}
	headline = fmt.Sprintf("%d of %s met", rows-len(missed), counted(rows, "row"))
	if len(missed) > 0 {
		what := "row "
		if len(missed) > 1 {
			what = "rows "
		}
		headline += ", not " + what + listed(missed)
	}
	return headline + ".", targetsTable(targets)
}

// targetsTable lists every target.
func targetsTable(all []bench.Target) grid {
	g := grid{Head: []string{"row", "what", "target", "measured", "verdict", "where it is worst", "the others, where they are worst"}}
	for _, t := range all {
		sign := "≥ "
		if t.Less {
			sign = "≤ "
		}
		g.add(fmt.Sprint(t.Row), t.Name, sign+formatIn(t.Unit, t.Bound), reachedText(t, t.Reached), targetOutcome(t), placeOf(t.Reached), besideText(t))
	}
	return g
}

// proxyTable has what was measured at every load.
func proxyTable(points []stats.Point) grid {
	return sweepTable(points, goodputMeasure, servedMedian, servedTail, shedShare, failedShare,
		ofTrials("CPU per answer", func(t bench.Trial) float64 { return t.Used().CPUSeconds.Float() / float64(t.Generator.Answers) }, formatSeconds),
		estimated("memory per idle client", bytesEach, formatBytes))
}

// reachedText is what a server did, with the interval or the range of its trials.
func reachedText(t bench.Target, r bench.Reached) string {
	e := stats.Estimate{Values: make([]float64, r.Trials), Median: r.Value.Float(), Low: r.Low.Float(), High: r.High.Float(), Interval: r.Interval}
	return formatEstimate(e, func(v float64) string { return formatIn(t.Unit, v) })
}

// placeOf is the server and the load.
func placeOf(r bench.Reached) string {
	if r.Server == "" {
		return ""
	}
	return r.Server + " at " + r.Phase
}

// besideText is what controls and rivals did, and which of them would miss the
// target.
func besideText(t bench.Target) string {
	var parts []string
	for _, r := range t.Beside {
		text := placeOf(r) + ": " + formatIn(t.Unit, r.Value.Float())
		if !t.Keeps(r.Value) {
			text += ", a miss"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// targetOutcome is met, missed and by how much, or why that is not known.
func targetOutcome(t bench.Target) string {
	switch by := math.Abs(t.Value.Float() - t.Bound); {
	case t.Met:
		return "met"
	case t.Why != "" && t.Keeps(t.Value):
		return "would be met, but in doubt: " + t.Why
	case t.Why != "" && t.Value.Known():
		return "missed by " + formatIn(t.Unit, by) + ", and in doubt: " + t.Why
	case t.Why != "":
		return "not known: " + t.Why
	default:
		return "missed by " + formatIn(t.Unit, by)
	}
}

// steps tells whether a run is the same load at several rates, so that a figure
// over the rate shows it.
func (s sweep) steps() bool {
	rates := map[float64]bool{}
	for _, p := range s.points {
		if p.Phase != fmt.Sprintf("%gx", p.Multiple()) {
			return false
		}
		rates[p.Multiple()] = true
	}
	return len(rates) > 1
}
