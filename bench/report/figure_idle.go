package report

import (
	"cmp"
	"slices"
	"strings"

	"gonum.org/v1/plot"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// idleFigure shows whether a steady probe notices connections that do nothing,
// and what each of them costs the server.
func idleFigure(points []stats.Point, looks map[string]chart.Look, servers []string) figure {
	f := figure{
		Title: "A steady probe beside connections that do nothing",
		How: "On the left, marks as low beside other connections as alone mean that the probe does not notice them, and a mark at ∞ that they hold what the probe needs; " +
			"on the right is what each of them costs the server.",
		Table: idleTable(points),
	}
	columns := backgrounds(points)
	probe := idleCurves(points, columns, looks, func(c stats.Point) chart.Mark { return tailPoint(c.OfferedTail()) })
	y, row := chart.LogAxis("p99 of all probes", chart.Extent(probe), formatSeconds).WithInfinity()
	raiseInfinite(probe, row)
	memory := idleCurves(points, columns, looks, func(c stats.Point) chart.Mark { return markOf(bytesEach(c)) })
	f.Legend = chart.LegendOf(servers, looks).WithMarks(append(probe, memory...)).HTML()
	f.Panels = append(f.Panels, idleChart(columns, y, probe, servers))
	if sizes := chart.Extent(memory); len(sizes) > 0 {
		f.Panels = append(f.Panels, idleChart(columns, chart.BytesAxis("memory of the server per connection", sizes, formatBytes), memory, servers))
	}
	return f
}

func idleChart(columns []bench.Background, y chart.Axis, curves []chart.Curve, servers []string) panel {
	x := chart.Axis{Min: -0.5, Max: float64(len(columns)) - 0.5, Scale: plot.LinearScale{}}
	for i, b := range columns {
		text := "alone"
		if b.Connections > 0 {
			text = formatCount(int64(b.Connections)) + "\n" + strings.ReplaceAll(b.Kind, "-", " ")
		}
		x.Ticks = append(x.Ticks, plot.Tick{Value: float64(i), Label: text})
	}
	return panelOf(chart.Chart{Label: y.Label + ", alone and beside other connections, for " + listed(servers), X: x, Y: y,
		Layers: chart.LayersOf(curves)})
}

// backgrounds lists the different backgrounds of points, no background first.
func backgrounds(points []stats.Point) []bench.Background {
	var all []bench.Background
	for _, c := range points {
		b := backgroundOf(c)
		b.BytesEach = bench.Value{}
		if !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, byBackground)
	return all
}

func byBackground(a, b bench.Background) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Connections, b.Connections))
}

// idleCurves has marks for each server, a little beside those of the others.
func idleCurves(points []stats.Point, columns []bench.Background, looks map[string]chart.Look, of func(stats.Point) chart.Mark) []chart.Curve {
	const apart = 0.11
	groups := byServer(points)
	var curves []chart.Curve
	for i, group := range groups {
		k := chart.Curve{Look: looks[group[0].Server], Apart: true}
		for _, c := range group {
			b := backgroundOf(c)
			b.BytesEach = bench.Value{}
			pt := of(c)
			pt.X = float64(slices.Index(columns, b)) + apart*(float64(i)-float64(len(groups)-1)/2)
			pt.Invalid = !c.Valid()
			k.Points = append(k.Points, pt)
		}
		curves = append(curves, k)
	}
	return curves
}

func idleTable(points []stats.Point) grid {
	g := grid{Head: []string{"server", "beside it", "connections", "probe p50", "probe p99", "probe in time", "memory per connection", ""}}
	var sorted []stats.Point
	for _, group := range byServer(points) {
		slices.SortStableFunc(group, func(a, b stats.Point) int { return byBackground(backgroundOf(a), backgroundOf(b)) })
		sorted = append(sorted, group...)
	}
	for _, c := range sorted {
		b := backgroundOf(c)
		g.add(c.Server, cmp.Or(b.Kind, "none"), formatCount(int64(b.Connections)), formatTail(c.Quantile(0.5, stats.Served)),
			formatTail(c.OfferedTail()), formatShare(c.Each(attained).Median),
			formatEstimate(bytesEach(c), formatBytes), remark(c))
	}
	return g
}
