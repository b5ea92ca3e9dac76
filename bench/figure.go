package bench

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gonum.org/v1/plot"
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

// panel is one chart, or a place for it, in a figure.
type panel struct {
	SVG  template.HTML
	Wide bool // over the whole width
}

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

// measure is something drawn against the offered load.
type measure struct {
	name   string
	of     func(cell) point // of a cell, without x
	format func(float64) string
}

// curvesOf makes a curve for each target, by offered load.
func curvesOf(cells []cell, looks map[string]look, of func(cell) point) []curve {
	var curves []curve
	for _, group := range byTarget(cells) {
		k := curve{look: looks[group[0].target]}
		for _, c := range group {
			pt := of(c)
			pt.x, pt.invalid = c.rate(), !c.valid()
			k.points = append(k.points, pt)
		}
		curves = append(curves, k)
	}
	return curves
}

// byTarget splits cells, which are sorted by target.
func byTarget(cells []cell) [][]cell {
	var groups [][]cell
	for _, c := range cells {
		if n := len(groups); n > 0 && groups[n-1][0].target == c.target {
			groups[n-1] = append(groups[n-1], c)
			continue
		}
		groups = append(groups, []cell{c})
	}
	return groups
}

// sweepCells are the cells that belong on a load axis.
func sweepCells(cells []cell) []cell {
	return slices.DeleteFunc(slices.Clone(cells), func(c cell) bool { return c.rate() <= 0 || len(c.trials[0].Phases) > 0 })
}

// extent collects every y that curves draw, spread included.
func extent(curves []curve) []float64 {
	var all []float64
	for _, k := range curves {
		for _, pt := range k.points {
			if !math.IsNaN(pt.y) {
				all = append(all, pt.y)
			}
			if len(pt.dots) > 1 {
				all = append(all, pt.low, pt.high)
				all = append(all, pt.dots...)
			}
		}
	}
	return all
}

func layersOf(curves []curve) []plot.Plotter {
	layers := make([]plot.Plotter, len(curves))
	for i, k := range curves {
		// The first target is the subject: it is drawn last, on top.
		layers[len(curves)-1-i] = k
	}
	return layers
}

// sweepTable has a row for each cell and a column for each measure.
func sweepTable(cells []cell, columns ...measure) grid {
	g := grid{Head: []string{"target", "load", "requests/s"}}
	for _, m := range columns {
		g.Head = append(g.Head, m.name)
	}
	g.Head = append(g.Head, "")
	for _, c := range cells {
		row := []string{c.target, loadName(c), formatRate(c.rate())}
		for _, m := range columns {
			pt := m.of(c)
			text := m.format(pt.y)
			switch {
			case pt.rough && !math.IsNaN(pt.y) && !math.IsInf(pt.y, 1):
				text = "~ " + text
			case len(pt.dots) > 1 && !math.IsInf(pt.y, 1):
				text = formatEstimate(estimate{pt.dots, pt.y, pt.low, pt.high, pt.interval}, m.format)
			}
			row = append(row, text)
		}
		g.add(append(row, remark(c))...)
	}
	return g
}

// loadName is the load of a cell in words.
func loadName(c cell) string {
	return c.trials[0].load()
}

// load is the multiple of capacity, or the phase where that is about something
// else.
func (t Trial) load() string {
	if t.Phase == fmt.Sprintf("%gx", t.Multiple) {
		return formatMultiple(t.Multiple)
	}
	return t.Phase
}

// remark says what a reader must know before believing a row.
func remark(c cell) string {
	switch {
	case !c.valid():
		return "invalid"
	case c.diverging():
		if slope := c.each(func(t Trial) float64 { return t.Validity.InFlightSlope }).median; slope >= 1 {
			return "diverging by " + formatRate(slope) + "/s"
		}
		return "diverging"
	}
	return ""
}
