package bench

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// outcomeClass is one kind of outcome: blues were served, grey was told no, warm
// colours got nothing.
type outcomeClass struct {
	name  string
	fill  color.RGBA
	count func(Outcomes) int64
}

// outcomeClasses are in the order in which they are stacked.
var outcomeClasses = []outcomeClass{
	{"ok in time", blue, func(o Outcomes) int64 { return o.OK }},
	{"ok, too late", skyBlue, func(o Outcomes) int64 { return o.Late }},
	{"shed (503, 429)", color.RGBA{0xcf, 0xd4, 0xda, 0xff}, func(o Outcomes) int64 { return o.Shed }},
	{"error", purple, func(o Outcomes) int64 { return o.Error }},
	{"timeout", vermillion, func(o Outcomes) int64 { return o.Timeout }},
	{"refused", orange, func(o Outcomes) int64 { return o.Refused }},
	{"reset", color.RGBA{0xf0, 0xe4, 0x42, 0xff}, func(o Outcomes) int64 { return o.Reset }},
	{"unsent", black, func(o Outcomes) int64 { return o.Unsent }},
}

// outcomeLegend names the classes that occur.
func outcomeLegend(cells []cell) legend {
	var all Outcomes
	for _, c := range cells {
		all = all.plus(c.outcomes())
	}
	var l legend
	for _, class := range outcomeClasses {
		if class.count(all) > 0 {
			l = append(l, legendEntry{class.name, swatch(class.fill)})
		}
	}
	return l
}

// widestBar keeps few bars from looking like areas.
const widestBar vg.Length = 64

// stacks draws the outcomes of each cell as a bar of shares, side by side at
// x = 0, 1, 2 … Bars of invalid cells are hatched.
type stacks []cell

// Plot implements plot.Plotter.
func (s stacks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, cell := range s {
		outcomes := cell.outcomes()
		total := float64(outcomes.Sum())
		if total == 0 {
			continue
		}
		middle := x(float64(i))
		half := min(x(float64(i)+0.4)-middle, widestBar/2)
		left, right := middle-half, middle+half
		var below int64
		for _, class := range outcomeClasses {
			n := class.count(outcomes)
			if n == 0 {
				continue
			}
			bottom, top := y(float64(below)/total), y(float64(below+n)/total)
			fillBox(c, class.fill, left, right, bottom, top)
			below += n
		}
		if !cell.valid() {
			hatch(c, left, right, y(0), y(1))
		}
	}
}

// hatch covers a rectangle with diagonals.
func hatch(c draw.Canvas, left, right, bottom, top vg.Length) {
	area := c
	area.Rectangle = vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: right, Y: top}}
	const step = vg.Length(5)
	white, dark := draw.LineStyle{Color: color.White, Width: 1.8}, draw.LineStyle{Color: inkColor, Width: 0.7}
	reach := top - bottom
	for at := left - reach; at < right; at += step {
		line := area.ClipLinesXY([]vg.Point{{X: at, Y: bottom}, {X: at + reach, Y: top}})
		c.StrokeLines(white, line...)
		c.StrokeLines(dark, line...)
	}
}

// stackChart has a bar for each cell, with its name below.
func stackChart(title, below string, cells []cell, name func(cell) string, width vg.Length) chart {
	x := axis{label: below, min: -0.6, max: float64(len(cells)) - 0.4, scale: plot.LinearScale{}}
	for i, c := range cells {
		x.ticks = append(x.ticks, plot.Tick{Value: float64(i), Label: name(c)})
	}
	y := linearAxis(title, 0, 1, func(v float64) string { return formatShare(math.Round(v*100) / 100) })
	return chart{label: title, x: x, y: y, layers: []plot.Plotter{stacks(cells)}, width: width, height: narrowHeight}
}
