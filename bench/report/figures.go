package report

import (
	"slices"

	"millpond/bench"
	"millpond/bench/stats"
)

// figuresOf picks the charts that suit the kind of run.
func figuresOf(r *bench.Run) []figure {
	s := newSweep(r)
	var all []figure
	switch r.Kind {
	case "contrast":
		all = s.figures()
		if groups := s.spectrumGroups(); len(groups) > 0 {
			all = append(all, percentileFigure(groups, s.looks))
		}
		return all
	case "size":
		if r.Sizing != nil {
			all = append(all, workerCurve(r.Sizing))
		}
		return append(all, s.confirmation()...)
	case "check":
		return instrumentFigures(r)
	case "versus":
		if c, err := stats.Versus(r); err == nil {
			all = append(all, figure{Title: "Every figure", Table: comparisonTable(c)})
		}
		return append(all, percentileFigure(byPhase(stats.Points(r)), s.looks))
	case "overload", "proxy":
		if all = s.courseFigures(); s.steps() {
			all = s.figures()
		}
		tables := []figure{{Title: "Targets", Table: targetsTable(r.Targets)}}
		if r.Kind == "proxy" {
			tables = append(tables, figure{Title: "Every load", Table: proxyTable(stats.Points(r))})
		}
		return slices.Insert(all, min(1, len(all)), tables...) // the first chart goes with the answer
	case "idle":
		return []figure{idleFigure(stats.Points(r), s.looks, s.servers)}
	}
	return s.courseFigures()
}

// courseFigures show what happened over time, and the whole distribution.
func (s sweep) courseFigures() []figure {
	var all []figure
	points := stats.Points(s.run)
	phases := phasesOf(points)
	for _, phase := range phases {
		at := those(points, func(c stats.Point) bool { return c.Phase == phase })
		if over := newCourses(at, s.looks); !over.empty() {
			all = append(all, over.figure(overTime(phase, len(phases)),
				"The grey line is what was offered, by intended send time: a coloured line that leaves it shows requests that were not answered in time, and where it returns the server has recovered."))
		}
	}
	return append(all, outcomesSideBySide(points), percentileFigure(byPhase(points), s.looks))
}

func overTime(phase string, phases int) string {
	if phases == 1 {
		return "Over time"
	}
	return "Over time: " + phase
}
