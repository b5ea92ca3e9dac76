package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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

func panelOf(c chart.Chart) panel { return panel{c.SVG(), c.Width == chart.WideWidth} }

// grid is a table of text.
type grid struct {
	Head []string
	Rows [][]string
}

func (g *grid) add(row ...string) { g.Rows = append(g.Rows, row) }

// trimmed leaves out the last column if there is nothing in it.
func (g grid) trimmed() grid {
	last := len(g.Head) - 1
	if last < 0 || slices.ContainsFunc(g.Rows, func(row []string) bool { return row[last] != "" }) {
		return g
	}
	t := grid{Head: g.Head[:last]}
	for _, row := range g.Rows {
		t.add(row[:last]...)
	}
	return t
}

// Numeric reports whether column i holds figures, which are aligned to the right.
func (g grid) Numeric(i int) bool {
	for _, row := range g.Rows {
		if first, _ := utf8.DecodeRuneInString(row[i]); !unicode.IsDigit(first) && !strings.ContainsRune("~∞–<>±−", first) {
			return false
		}
	}
	return true
}

// pointOf places an estimate at x.
func pointOf(x float64, e stats.Estimate, invalid bool) chart.Mark {
	return chart.Mark{X: x, Y: e.Median, Dots: e.Values, Low: e.Low, High: e.High, Interval: e.Interval, Invalid: invalid}
}

// measure is something drawn against the offered load.
type measure struct {
	name   string
	of     func(stats.Point) chart.Mark // of a point, without x
	format func(float64) string
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

// byServer splits points, which are sorted by server.
func byServer(points []stats.Point) [][]stats.Point {
	var groups [][]stats.Point
	for _, c := range points {
		if n := len(groups); n > 0 && groups[n-1][0].Server == c.Server {
			groups[n-1] = append(groups[n-1], c)
			continue
		}
		groups = append(groups, []stats.Point{c})
	}
	return groups
}

// sweepPoints are the points that belong on a load axis.
func sweepPoints(points []stats.Point) []stats.Point {
	return slices.DeleteFunc(slices.Clone(points), func(c stats.Point) bool { return c.Rate() <= 0 || len(c.Trials[0].Phases) > 0 })
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

// loadName is the load of a point in words.
func loadName(c stats.Point) string {
	return loadOf(c.Trials[0])
}

// loadOf is the multiple of capacity, or the phase where that is about something
// else.
func loadOf(t bench.Trial) string {
	if t.Phase == fmt.Sprintf("%gx", t.Multiple) {
		return formatMultiple(t.Multiple)
	}
	return t.Phase
}

// doubt is what keeps a reader from believing a figure, such as "invalid,
// diverging"; empty if there is nothing.
func doubt(c stats.Point) string {
	var words []string
	if !c.Valid() {
		words = append(words, "invalid")
	}
	if c.Diverging() {
		words = append(words, "diverging")
	}
	return strings.Join(words, ", ")
}

// remark is doubt with the growth of the backlog, where that is known.
func remark(c stats.Point) string {
	text := doubt(c)
	if slope := c.Each(func(t bench.Trial) float64 { return t.Validity.InFlightSlope }).Median; c.Diverging() && slope >= 1 {
		text += " by " + formatRate(slope) + "/s"
	}
	return text
}
