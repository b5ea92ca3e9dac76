package report

import (
	"html/template"
	"math"
	"slices"

	"gonum.org/v1/plot"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// figure is one or more charts that are read together, with how to read them and
// their numbers.
type figure struct {
	Title string
	// How is one sentence on how to read the charts.
	How    string
	Legend template.HTML
	Panels []panel
	Table  grid
}

// Lead is the first row of charts of f.
func (f figure) Lead() figure {
	f.Panels = f.Panels[:f.row()]
	return f
}

// Rest is f without the row that Lead has.
func (f figure) Rest() figure {
	f.Panels = f.Panels[f.row():]
	return f
}

// row is how many charts stand in the first row: a wide one, or two.
func (f figure) row() int {
	if f.Panels[0].Wide {
		return 1
	}
	return min(2, len(f.Panels))
}

// panel is one chart, or a place for it, in a figure.
type panel struct {
	SVG  template.HTML
	Wide bool // over the whole width
}

func panelOf(c chart.Chart) panel { return panel{c.SVG(), c.Wide()} }

// markOf places an estimate.
func markOf(e stats.Estimate) chart.Mark {
	return chart.Mark{Y: e.Median, Dots: e.Values, Low: e.Low, High: e.High, Interval: e.Interval}
}

// measure is something drawn against the offered load.
type measure struct {
	name   string
	of     func(stats.Point) chart.Mark // of a point, without x
	format func(float64) string
}

// estimated is a measure of all trials of a point.
func estimated(name string, of func(stats.Point) stats.Estimate, format func(float64) string) measure {
	return measure{name, func(c stats.Point) chart.Mark { return markOf(of(c)) }, format}
}

// ofTrials is a measure that each trial has.
func ofTrials(name string, of func(bench.Trial) float64, format func(float64) string) measure {
	return estimated(name, func(c stats.Point) stats.Estimate { return c.Each(of) }, format)
}

// ofTail is a measure of a percentile.
func ofTail(name string, of func(stats.Point) stats.Tail) measure {
	return measure{name, func(c stats.Point) chart.Mark { return tailPoint(of(c)) }, formatSeconds}
}

// ofLatency is a percentile of a distribution.
func ofLatency(name string, q float64, which func(bench.Latency) bench.Histogram) measure {
	return ofTail(name, func(c stats.Point) stats.Tail { return c.Quantile(q, which) })
}

// curvesOf makes a curve for each server, by offered load.
func curvesOf(points []stats.Point, looks map[string]chart.Look, of func(stats.Point) chart.Mark) []chart.Curve {
	var curves []chart.Curve
	for _, group := range byServer(points) {
		k := chart.Curve{Look: looks[group[0].Server]}
		for _, c := range group {
			pt := of(c)
			pt.X, pt.Invalid, pt.Diverging = c.Rate(), !c.Valid(), c.Diverging()
			k.Points = append(k.Points, pt)
		}
		curves = append(curves, k)
	}
	return curves
}

// sweepTable has a row for each point and a column for each measure.
func sweepTable(points []stats.Point, columns ...measure) grid {
	g := grid{Head: []string{"server", "load", "requests/s"}}
	for _, m := range columns {
		g.Head = append(g.Head, m.name)
	}
	g.Head = append(g.Head, "")
	for _, c := range points {
		row := []string{c.Server, loadName(c), formatRate(c.Rate())}
		for _, m := range columns {
			pt := m.of(c)
			text := m.format(pt.Y)
			switch {
			case pt.Rough && !math.IsNaN(pt.Y) && !math.IsInf(pt.Y, 1):
				text = "~ " + text
			case len(pt.Dots) > 1 && !math.IsInf(pt.Y, 1):
				text = formatEstimate(stats.Estimate{Values: pt.Dots, Median: pt.Y, Low: pt.Low, High: pt.High, Interval: pt.Interval}, m.format)
			}
			row = append(row, text)
		}
		g.add(append(row, remark(c))...)
	}
	return g
}

// tailPoint places a percentile; what is infinite is placed in the row for it by
// raiseInfinite.
func tailPoint(t stats.Tail) chart.Mark {
	pt := markOf(t.Estimate)
	pt.Rough = t.Rough && !t.Infinite()
	return pt
}

func maxOf(values []float64) float64 {
	highest := 0.0
	for _, v := range values {
		highest = max(highest, v)
	}
	return highest
}

// raiseInfinite places what is infinite in the row for it.
func raiseInfinite(curves []chart.Curve, row float64) {
	for _, k := range curves {
		for i := range k.Points {
			pt := &k.Points[i]
			pt.Y, pt.Low, pt.High = min(pt.Y, row), min(pt.Low, row), min(pt.High, row)
			pt.Dots = slices.Clone(pt.Dots)
			for j, v := range pt.Dots {
				pt.Dots[j] = min(v, row)
			}
		}
	}
}

// loadAxis is a logarithmic axis with a tick at each load that was offered.
func loadAxis(points []stats.Point) chart.Axis {
	a := chart.Axis{Label: "offered load, requests/s", Min: math.Inf(1), Scale: plot.LogScale{}}
	seen := map[float64]bool{}
	for _, c := range points {
		rate := c.Rate()
		if rate <= 0 || seen[rate] {
			continue
		}
		seen[rate] = true
		text := formatRate(rate)
		if m := c.Multiple(); m > 0 {
			text = formatMultiple(m) + "\n" + text
			a.Label = "offered load: multiple of capacity, and requests/s"
		}
		a.Ticks = append(a.Ticks, plot.Tick{Value: rate, Label: text})
		a.Min, a.Max = min(a.Min, rate), max(a.Max, rate)
	}
	if a.Max == 0 {
		a.Min, a.Max = 1, 10
	}
	// The names of lines stand on the left, before the first mark.
	a.Min, a.Max = a.Min/max(1.1, math.Pow(a.Max/a.Min, 0.14)), a.Max*1.1
	return a
}
