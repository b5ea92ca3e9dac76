package report

import (
	"math"

	"gonum.org/v1/plot/vg"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// percentileSteps is how many points a latency spectrum has.
const percentileSteps = 120

// percentileFigure shows the whole distribution of served latency, from the
// intended and from the actual send time, one panel for each group of points.
func percentileFigure(groups [][]stats.Point, looks map[string]chart.Look) figure {
	f := figure{
		Title: "Latency spectrum",
		How: "Every request served, sorted: a line that stays low and turns up late is a server with few slow answers. " +
			"The thin line counts from the actual send, as generators do that wait for a connection; the gap to the thick one is the wait that they hide.",
		Table: grid{Head: []string{"server", "load", "served", "p50", "p90", "p99", "p99.9", "max", "p99 from actual send"}},
	}
	size := chart.NarrowWidth
	if len(groups) == 1 {
		size = chart.WideWidth
	}
	names := map[string]bool{}
	var servers []string
	for _, points := range groups {
		if c, ok := percentileChart(points, looks, size); ok {
			f.Panels = append(f.Panels, panelOf(c))
		}
		for _, c := range points {
			if !names[c.Server] {
				names[c.Server] = true
				servers = append(servers, c.Server)
			}
			f.Table.add(percentileRow(c)...)
		}
	}
	f.Legend = chart.LegendOf(servers, looks).HTML()
	return f
}

func percentileChart(points []stats.Point, looks map[string]chart.Look, width vg.Length) (chart.Chart, bool) {
	var curves []chart.Curve
	var names []string
	highest := 0.0
	for _, c := range points {
		thick, top := percentiles(c, stats.Served)
		if len(thick) == 0 {
			continue
		}
		thin, _ := percentiles(c, stats.Uncorrected)
		highest = max(highest, top)
		names = append(names, c.Server)
		curves = append(curves,
			chart.Curve{Look: looks[c.Server], Points: thick, Plain: true, Width: 2},
			chart.Curve{Look: chart.Look{Color: looks[c.Server].Color}, Points: thin, Plain: true, Width: 0.7})
	}
	if len(curves) == 0 {
		return chart.Chart{}, false
	}
	title := loadName(points[0]) + ": latency"
	if points[0].Multiple() > 0 {
		title = "at " + loadName(points[0]) + " capacity: latency"
	}
	return chart.Chart{
		Label: "Latency by percentile, " + title + ", for " + listed(names),
		X:     chart.PercentileAxis(highest), Y: chart.LogAxis(title, chart.Extent(curves), formatSeconds),
		Layers: chart.LayersOf(curves), Width: width,
	}, true
}

// percentiles samples the merged distribution of c at equal steps on a percentile
// axis, and returns the highest quantile that it knows anything about.
func percentiles(c stats.Point, which func(bench.Latency) bench.Histogram) ([]chart.Mark, float64) {
	merged := bench.NewHDR()
	for _, t := range c.Trials {
		merged.Merge(stats.Decoded(which(t.Latency)))
	}
	n := merged.TotalCount()
	if n < 10 {
		return nil, 0
	}
	top := 1 - 1/float64(n)
	nines := math.Log10(float64(n))
	points := make([]chart.Mark, 0, percentileSteps+1)
	for i := range percentileSteps + 1 {
		q := 1 - math.Pow(10, -nines*float64(i)/percentileSteps)
		points = append(points, chart.Mark{X: min(q, top), Y: max(stats.QuantileOf(merged, q), 1e-6)})
	}
	return points, top
}

func percentileRow(c stats.Point) []string {
	row := []string{c.Server, loadName(c), ""}
	served := int64(0)
	highest := 0.0
	for _, t := range c.Trials {
		served += t.Latency.Served.Count
		highest = max(highest, t.Latency.Served.Max.Or(0))
	}
	row[2] = formatCount(served)
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
		row = append(row, formatTail(c.Quantile(q, stats.Served)))
	}
	if served == 0 {
		return append(row, noFigure, noFigure)
	}
	return append(row, formatSeconds(highest), formatTail(c.Quantile(0.99, stats.Uncorrected)))
}

// spectrumGroups picks the loads that a spectrum is worth drawing at: the highest
// below capacity, and the one nearest to three times capacity.
func (s sweep) spectrumGroups() [][]stats.Point {
	var below, above float64
	for _, c := range s.points {
		m := c.Multiple()
		if m < 1 {
			below = max(below, m)
		} else if above == 0 || math.Abs(m-contrastLoad) < math.Abs(above-contrastLoad) {
			above = m
		}
	}
	var groups [][]stats.Point
	for _, m := range []float64{below, above} {
		if at := s.at(m); m > 0 && len(at) > 0 {
			groups = append(groups, at)
		}
	}
	return groups
}

// at is the points of one load, a point for each server.
func (s sweep) at(multiple float64) []stats.Point {
	return those(s.points, func(c stats.Point) bool { return c.Multiple() == multiple })
}

// contrastLoad is the multiple of capacity at which a verdict compares servers.
const contrastLoad = 3
