package bench

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
)

// crowdFigure shows whether a steady probe notices connections that do nothing,
// and what each of them costs the server.
func crowdFigure(cells []cell, looks map[string]look, targets []string) figure {
	f := figure{
		Title: "A steady probe beside a crowd that does nothing",
		How: "On the left, marks as low beside a crowd as alone mean that the probe does not notice it, and a mark at ∞ that the crowd holds what the probe needs; " +
			"on the right is what each connection of the crowd costs the server.",
		Table: crowdTable(cells),
	}
	columns := crowds(cells)
	probe := crowdCurves(cells, columns, looks, func(c cell) point { return tailPoint(c.offeredTail()) })
	y, row := logAxis("p99 of all probes", extent(probe), formatSeconds).withInfinity()
	raiseInfinite(probe, row)
	memory := crowdCurves(cells, columns, looks, func(c cell) point { return pointOf(0, c.bytesEach(), false) })
	f.Legend = legendOf(targets, looks).withMarks(append(probe, memory...)).svg()
	f.Panels = append(f.Panels, crowdChart(columns, y, probe, targets))
	if sizes := extent(memory); len(sizes) > 0 {
		f.Panels = append(f.Panels, crowdChart(columns, bytesAxis("memory of the server per connection", sizes), memory, targets))
	}
	return f
}

func crowdChart(columns []Background, y axis, curves []curve, targets []string) panel {
	x := axis{min: -0.5, max: float64(len(columns)) - 0.5, scale: plot.LinearScale{}}
	for i, b := range columns {
		text := "alone"
		if b.Connections > 0 {
			text = formatCount(int64(b.Connections)) + "\n" + strings.ReplaceAll(b.Kind, "-", " ")
		}
		x.ticks = append(x.ticks, plot.Tick{Value: float64(i), Label: text})
	}
	return chart{label: y.label + ", alone and beside each crowd, for " + listed(targets), x: x, y: y,
		layers: layersOf(curves), width: narrowWidth, height: narrowHeight}.panel()
}

// crowds lists the different crowds of cells, no crowd first.
func crowds(cells []cell) []Background {
	var all []Background
	for _, c := range cells {
		b := c.background()
		b.BytesEach = 0
		if !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, byCrowd)
	return all
}

func byCrowd(a, b Background) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Connections, b.Connections))
}

// crowdCurves has marks for each target, a little beside those of the others.
func crowdCurves(cells []cell, columns []Background, looks map[string]look, of func(cell) point) []curve {
	const apart = 0.11
	groups := byTarget(cells)
	var curves []curve
	for i, group := range groups {
		k := curve{look: looks[group[0].target], apart: true}
		for _, c := range group {
			b := c.background()
			b.BytesEach = 0
			pt := of(c)
			pt.x = float64(slices.Index(columns, b)) + apart*(float64(i)-float64(len(groups)-1)/2)
			pt.invalid = !c.valid()
			k.points = append(k.points, pt)
		}
		curves = append(curves, k)
	}
	return curves
}

func crowdTable(cells []cell) grid {
	g := grid{Head: []string{"target", "crowd", "connections", "probe p50", "probe p99", "probe in time", "memory per connection", ""}}
	var sorted []cell
	for _, group := range byTarget(cells) {
		slices.SortStableFunc(group, func(a, b cell) int { return byCrowd(a.background(), b.background()) })
		sorted = append(sorted, group...)
	}
	for _, c := range sorted {
		b := c.background()
		g.add(c.target, cmp.Or(b.Kind, "none"), formatCount(int64(b.Connections)), formatTail(c.quantile(0.5, servedOf)),
			formatTail(c.offeredTail()), formatShare(c.each(func(t Trial) float64 { return t.Attainment }).median),
			formatEstimate(c.bytesEach(), formatBytes), remark(c))
	}
	return g
}

// background is the crowd of a cell, or the zero crowd.
func (c cell) background() Background {
	if b := c.trials[0].Background; b != nil {
		return *b
	}
	return Background{}
}

// bytesEach is what a connection of the crowd costs the server.
func (c cell) bytesEach() estimate {
	return c.each(func(t Trial) float64 {
		if t.Background == nil || t.Background.BytesEach <= 0 {
			return math.NaN()
		}
		return t.Background.BytesEach
	})
}
