package report

import (
	"fmt"
	"math"
	"strings"

	"millpond/bench"
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
	if len(missed) > 0 {
		v.Headline += "; " + strings.Join(missed, "; ")
	}
	v.Headline += "."
	return v
}

// targetsTable lists every target.
func targetsTable(all []bench.Target) grid {
	g := grid{Head: []string{"row", "what", "target", "measured", "where it is worst", "verdict"}}
	for _, t := range all {
		sign := "≥ "
		if t.Less {
			sign = "≤ "
		}
		g.add(fmt.Sprint(t.Row), t.Name, sign+targetFigure(t, t.Bound), targetFigure(t, t.Value.Float()), t.Where, targetOutcome(t))
	}
	return g
}

// targetOutcome is met, missed and by how much, or why that is not known.
func targetOutcome(t bench.Target) string {
	switch by := math.Abs(t.Value.Float() - t.Bound); {
	case t.Met:
		return "met"
	case t.Why != "":
		return "not known: " + t.Why
	default:
		return "missed by " + targetFigure(t, by)
	}
}

// targetFigure is a figure in its unit.
func targetFigure(t bench.Target, v float64) string {
	switch t.Unit {
	case "share":
		return formatShare(v)
	case "seconds":
		return formatSeconds(v)
	}
	return formatRate(v)
}

// steps tells whether a run is the same load at several rates, so that a figure over the
// rate shows it.
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
