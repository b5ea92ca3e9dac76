package report

import (
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

const howOutcomes = "Each bar is all requests of one load: blue was served, grey was told no at once, warm colours waited and got nothing."

// outcomesByServer has a panel for each server, and in it a bar for each load.
func outcomesByServer(points []stats.Point) figure {
	f := figure{Title: "Where every request went", How: howOutcomes, Legend: chart.OutcomeLegend(barsOf(points, loadName)).HTML(), Table: outcomeTable(points)}
	for _, group := range byServer(points) {
		f.Panels = append(f.Panels, panelOf(chart.StackChart(group[0].Server+": share of all requests, by offered load", "offered load", barsOf(group, loadName), chart.NarrowWidth)))
	}
	return f
}

// outcomesSideBySide has one panel, and in it a bar for each point.
func outcomesSideBySide(points []stats.Point) figure {
	name := func(c stats.Point) string { return c.Server }
	if len(phasesOf(points)) > 1 {
		name = func(c stats.Point) string { return c.Server + "\n" + c.Phase }
	}
	c := chart.StackChart("share of all requests", "", barsOf(points, name), chart.WideWidth)
	return figure{Title: "Where every request went", How: howOutcomes,
		Legend: chart.OutcomeLegend(barsOf(points, loadName)).HTML(), Panels: []panel{panelOf(c)}, Table: outcomeTable(points)}
}

// barsOf is a bar for each point.
func barsOf(points []stats.Point, name func(stats.Point) string) []chart.Bar {
	bars := make([]chart.Bar, len(points))
	for i, c := range points {
		bars[i] = chart.Bar{Name: name(c), Outcomes: c.Outcomes(), Invalid: !c.Valid()}
	}
	return bars
}

func outcomeTable(points []stats.Point) grid {
	g := grid{Head: []string{"server", "load", "offered"}}
	for _, class := range chart.OutcomeClasses {
		g.Head = append(g.Head, class.Name)
	}
	for _, c := range points {
		o := c.Outcomes()
		row := []string{c.Server, loadName(c), formatCount(o.Sum())}
		for _, class := range chart.OutcomeClasses {
			row = append(row, formatCount(class.Count(o)))
		}
		g.add(row...)
	}
	return g
}

// confirmation shows the open-loop runs that check a recommendation.
func (s sweep) confirmation() []figure {
	open := openPoints(s.points)
	if len(open) == 0 || s.run.Sizing == nil {
		return nil
	}
	f := outcomesSideBySide(open)
	f.Title = "Does the recommendation hold in open loop?"
	f.Table = triedTable(s.run.Sizing)
	return []figure{f}
}
