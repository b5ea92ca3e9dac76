package bench

const howOutcomes = "Each bar is all requests of one load: blue was served, grey was told no at once, warm colours waited and got nothing."

// outcomesByTarget has a panel for each target, and in it a bar for each load.
func outcomesByTarget(cells []cell) figure {
	f := figure{Title: "Where every request went", How: howOutcomes, Legend: outcomeLegend(cells).svg(), Table: outcomeTable(cells)}
	for _, group := range byTarget(cells) {
		f.Panels = append(f.Panels, stackChart(group[0].target+": share of all requests, by offered load", "offered load", group, loadName, narrowWidth).panel())
	}
	return f
}

// outcomesSideBySide has one panel, and in it a bar for each cell.
func outcomesSideBySide(cells []cell) figure {
	name := func(c cell) string { return c.target }
	if len(phasesOf(cells)) > 1 {
		name = func(c cell) string { return c.target + "\n" + c.phase }
	}
	c := stackChart("share of all requests", "", cells, name, wideWidth)
	return figure{Title: "Where every request went", How: howOutcomes,
		Legend: outcomeLegend(cells).svg(), Panels: []panel{c.panel()}, Table: outcomeTable(cells)}
}

func outcomeTable(cells []cell) grid {
	g := grid{Head: []string{"target", "load", "offered"}}
	for _, class := range outcomeClasses {
		g.Head = append(g.Head, class.name)
	}
	for _, c := range cells {
		o := c.outcomes()
		row := []string{c.target, loadName(c), formatCount(o.Sum())}
		for _, class := range outcomeClasses {
			row = append(row, formatCount(class.count(o)))
		}
		g.add(row...)
	}
	return g
}

// confirmation shows the open-loop runs that check a recommendation.
func (s sweep) confirmation() []figure {
	open := openCells(s.cells)
	if len(open) == 0 {
		return nil
	}
	f := outcomesSideBySide(open)
	f.Title = "Does the recommendation hold in open loop?"
	f.Table = sweepTable(open, goodputMeasure, servedMedian, servedTail, offeredTail)
	return []figure{f}
}
