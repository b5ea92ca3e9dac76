package chart

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"millpond/bench"
)

// outcomeClass is one kind of outcome: blues were served, grey was told no, warm
// colours got nothing.
type outcomeClass struct {
	Name  string
	fill  color.RGBA
	Count func(bench.Outcomes) int64
}

// OutcomeClasses are in the order in which they are stacked.
var OutcomeClasses = []outcomeClass{
	{"ok in time", blue, func(o bench.Outcomes) int64 { return o.OK }},
	{"ok, too late", skyBlue, func(o bench.Outcomes) int64 { return o.Late }},
	{"shed (503, 429)", color.RGBA{0xcf, 0xd4, 0xda, 0xff}, func(o bench.Outcomes) int64 { return o.Shed }},
	{"error", purple, func(o bench.Outcomes) int64 { return o.Error }},
	{"timeout", vermillion, func(o bench.Outcomes) int64 { return o.Timeout }},
	{"refused", orange, func(o bench.Outcomes) int64 { return o.Refused }},
	{"reset", color.RGBA{0xf0, 0xe4, 0x42, 0xff}, func(o bench.Outcomes) int64 { return o.Reset }},
	{"unsent", black, func(o bench.Outcomes) int64 { return o.Unsent }},
}

// Bar is one bar of a stack.
type Bar struct {
	Name     string
	Outcomes bench.Outcomes
	Invalid  bool
}

// OutcomeLegend names the classes that occur.
func OutcomeLegend(bars []Bar) Legend {
	var all bench.Outcomes
	for _, b := range bars {
		all = all.Plus(b.Outcomes)
	}
	var l Legend
	for _, class := range OutcomeClasses {
		if class.Count(all) > 0 {
			l = append(l, legendEntry{class.Name, swatch(class.fill)})
		}
	}
	return l
}

// widestBar keeps few bars from looking like areas.
const widestBar vg.Length = 64

// stacks draws outcomes as bars of shares, side by side at
// x = 0, 1, 2 … Invalid bars are hatched.
type stacks []Bar

// Plot implements plot.Plotter.
func (s stacks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, b := range s {
		total := float64(b.Outcomes.Sum())
		if total == 0 {
			continue
		}
		middle := x(float64(i))
		half := min(x(float64(i)+0.4)-middle, widestBar/2)
		left, right := middle-half, middle+half
		var below int64
		for _, class := range OutcomeClasses {
			n := class.Count(b.Outcomes)
			if n == 0 {
				continue
			}
			bottom, top := y(float64(below)/total), y(float64(below+n)/total)
			FillBox(c, class.fill, left, right, bottom, top)
			below += n
		}
		if b.Invalid {
			hatch(c, left, right, y(0), y(1))
		}
	}
}

// hatch covers a rectangle with diagonals.
func hatch(c draw.Canvas, left, right, bottom, top vg.Length) {
	area := c
	area.Rectangle = vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: right, Y: top}}
	const step = vg.Length(5)
	white, dark := draw.LineStyle{Color: color.White, Width: 1.8}, draw.LineStyle{Color: InkColor, Width: 0.7}
	reach := top - bottom
	for at := left - reach; at < right; at += step {
		line := area.ClipLinesXY([]vg.Point{{X: at, Y: bottom}, {X: at + reach, Y: top}})
		c.StrokeLines(white, line...)
		c.StrokeLines(dark, line...)
	}
}

// StackChart has bars with their names below.
func StackChart(title, below string, bars []Bar, width vg.Length) Chart {
	x := Axis{Label: below, Min: -0.6, Max: float64(len(bars)) - 0.4, Scale: plot.LinearScale{}}
	for i, b := range bars {
		x.Ticks = append(x.Ticks, plot.Tick{Value: float64(i), Label: b.Name})
	}
	y := LinearAxis(title, 0, 1, func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) })
	return Chart{Label: title, X: x, Y: y, Layers: []plot.Plotter{stacks(bars)}, Width: width, Height: NarrowHeight}
}
