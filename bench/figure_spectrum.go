package bench

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// spectrumSteps is how many points a latency spectrum has.
const spectrumSteps = 120

// spectrum shows the whole distribution of served latency, from the intended and
// from the actual send time, one panel for each group of cells.
func spectrum(groups [][]cell, looks map[string]look) figure {
	f := figure{
		Title: "Latency spectrum",
		How: "Every request served, sorted: a line that stays low and turns up late is a server with few slow answers. " +
			"The thin line counts from the actual send, as generators do that wait for a connection; the gap to the thick one is the wait that they hide.",
		Table: grid{Head: []string{"target", "load", "served", "p50", "p90", "p99", "p99.9", "max", "p99 from actual send"}},
	}
	size := narrowWidth
	if len(groups) == 1 {
		size = wideWidth
	}
	names := map[string]bool{}
	var targets []string
	for _, cells := range groups {
		if c, ok := spectrumChart(cells, looks, size); ok {
			f.Panels = append(f.Panels, c.panel())
		}
		for _, c := range cells {
			if !names[c.target] {
				names[c.target] = true
				targets = append(targets, c.target)
			}
			f.Table.add(spectrumRow(c)...)
		}
	}
	f.Legend = legendOf(targets, looks).svg()
	return f
}

func spectrumChart(cells []cell, looks map[string]look, width vg.Length) (chart, bool) {
	var curves []curve
	var names []string
	highest := 0.0
	for _, c := range cells {
		thick, top := c.spectrum(servedOf)
		if len(thick) == 0 {
			continue
		}
		thin, _ := c.spectrum(uncorrectedOf)
		highest = max(highest, top)
		names = append(names, c.target)
		curves = append(curves,
			curve{look: looks[c.target], points: thick, plain: true, width: 2},
			curve{look: look{color: looks[c.target].color}, points: thin, plain: true, width: 0.7})
	}
	if len(curves) == 0 {
		return chart{}, false
	}
	height := narrowHeight
	if width == wideWidth {
		height = wideHeight
	}
	title := loadName(cells[0]) + ": latency"
	if cells[0].multiple() > 0 {
		title = "at " + loadName(cells[0]) + " capacity: latency"
	}
	return chart{
		label: "Latency by percentile, " + title + ", for " + listed(names),
		x:     percentileAxis(highest), y: logAxis(title, extent(curves), formatSeconds),
		layers: layersOf(curves), width: width, height: height,
	}, true
}

// spectrum samples the merged distribution of c at equal steps on a percentile
// axis, and returns the highest quantile that it knows anything about.
func (c cell) spectrum(which func(Latency) Histogram) ([]point, float64) {
	merged := newHDR()
	for _, t := range c.trials {
		merged.Merge(decoded(which(t.Latency)))
	}
	n := merged.TotalCount()
	if n < 10 {
		return nil, 0
	}
	top := 1 - 1/float64(n)
	nines := math.Log10(float64(n))
	points := make([]point, 0, spectrumSteps+1)
	for i := range spectrumSteps + 1 {
		q := 1 - math.Pow(10, -nines*float64(i)/spectrumSteps)
		points = append(points, point{x: min(q, top), y: max(quantileOf(merged, q), 1e-6)})
	}
	return points, top
}

func spectrumRow(c cell) []string {
	row := []string{c.target, loadName(c), ""}
	served := int64(0)
	highest := 0.0
	for _, t := range c.trials {
		served += t.Latency.Served.Count
		highest = max(highest, t.Latency.Served.Max)
	}
	row[2] = formatCount(served)
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
		row = append(row, formatTail(c.quantile(q, servedOf)))
	}
	if served == 0 {
		return append(row, noFigure, noFigure)
	}
	return append(row, formatSeconds(highest), formatTail(c.quantile(0.99, uncorrectedOf)))
}

// spectrumGroups picks the loads that a spectrum is worth drawing at: the highest
// below capacity, and the one nearest to three times capacity.
func (s sweep) spectrumGroups() [][]cell {
	var below, above float64
	for _, c := range s.cells {
		m := c.multiple()
		if m < 1 {
			below = max(below, m)
		} else if above == 0 || math.Abs(m-contrastLoad) < math.Abs(above-contrastLoad) {
			above = m
		}
	}
	var groups [][]cell
	for _, m := range []float64{below, above} {
		if at := s.at(m); m > 0 && len(at) > 0 {
			groups = append(groups, at)
		}
	}
	return groups
}

// at is the cells of one load, a cell for each target.
func (s sweep) at(multiple float64) []cell {
	var found []cell
	for _, c := range s.cells {
		if c.multiple() == multiple {
			found = append(found, c)
		}
	}
	return found
}

// contrastLoad is the multiple of capacity at which a verdict compares targets.
const contrastLoad = 3
