package experiment

import (
	"cmp"
	"fmt"
	"strings"

	"millpond/bench/stats"
)

// doubts are why a target is not met whatever its figure: each names a server at a load.
type doubts struct{ faulty, unknown, invalid []string }

// add notes what is doubtful about a point whose figure compares with others.
func (d *doubts) add(p stats.Point, others []stats.Point, unknown bool) {
	for _, t := range p.Trials {
		if t.Fault != "" {
			d.faulty = append(d.faulty, fmt.Sprintf("%s at %s %s", p.Server, p.Phase, t.Fault))
			break
		}
	}
	if unknown {
		d.unknown = append(d.unknown, placed(p))
	}
	for _, q := range append([]stats.Point{p}, others...) {
		if bad := invalid(q); bad > 0 {
			d.invalid = append(d.invalid, fmt.Sprintf("%d of %d of %s", bad, len(q.Trials), placed(q)))
		}
	}
}

// placed names a point.
func placed(p stats.Point) string { return p.Server + " at " + p.Phase }

// faults is what servers did wrong.
func (d doubts) faults() string { return some("", d.faulty) }

// String is the gravest of the doubts, empty if there are none.
func (d doubts) String() string {
	return cmp.Or(d.faults(), some("missing figures: ", d.unknown), some("invalid trials: ", d.invalid))
}

// mostDoubts is how many doubts of a kind a target names.
const mostDoubts = 3

// some lists the first of what is doubtful.
func some(what string, all []string) string {
	if len(all) == 0 {
		return ""
	}
	if more := len(all) - mostDoubts; more > 0 {
		all = append(all[:mostDoubts:mostDoubts], fmt.Sprintf("and %d more", more))
	}
	return what + strings.Join(all, ", ")
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
