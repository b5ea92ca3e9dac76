package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var guideLine = draw.LineStyle{Color: MutedColor, Width: 0.9, Dashes: []vg.Length{1.5, 2}}

// Level is a horizontal line with a name, such as a capacity or a time limit.
type Level struct {
	Y    float64
	Name string
}

// Plot implements plot.Plotter.
func (l Level) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	at := y(l.Y)
	if at > c.Max.Y || at < c.Min.Y {
		return
	}
	c.StrokeLine2(guideLine, c.Min.X, at, c.Max.X, at)
	c.FillText(TextStyle(MutedColor, labelSize), vg.Point{X: c.Min.X + 3, Y: at + 2}, l.Name)
}

// Diagonal is the line y = x: everything that is offered is served.
type Diagonal struct{ Name string }

// Plot implements plot.Plotter.
func (d Diagonal) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const steps = 48
	line := make([]vg.Point, 0, steps+1)
	for i := range steps + 1 {
		share := float64(i) / steps
		v := p.X.Min + (p.X.Max-p.X.Min)*share*share // closer together where a log axis is wide
		line = append(line, vg.Point{X: x(v), Y: y(v)})
	}
	visible := c.ClipLinesXY(line)
	if len(visible) == 0 {
		return
	}
	c.StrokeLines(guideLine, visible...)
	last := visible[len(visible)-1]
	end := last[len(last)-1]
	c.FillText(TextStyle(MutedColor, labelSize), vg.Point{X: end.X + 4, Y: end.Y - labelSize - 1}, d.Name)
}

// Span shades a range of x, with its name at the top.
type Span struct {
	From, To float64
	Color    color.Color
	Name     string
}

// Plot implements plot.Plotter.
func (s Span) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	left, right := max(x(s.From), c.Min.X), min(x(s.To), c.Max.X)
	if right <= left {
		return
	}
	FillBox(c, s.Color, left, right, c.Min.Y, c.Max.Y)
	style := TextStyle(MutedColor, labelSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	c.FillText(style, vg.Point{X: (left + right) / 2, Y: c.Max.Y - 2}, s.Name)
}

// Upright is a vertical line with a name.
type Upright struct {
	X     float64
	Color color.Color
	Name  string
}

// Plot implements plot.Plotter.
func (u Upright) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	at := x(u.X)
	if at < c.Min.X || at > c.Max.X {
		return
	}
	c.StrokeLine2(draw.LineStyle{Color: u.Color, Width: 1.2}, at, c.Min.Y, at, c.Max.Y)
	style := TextStyle(u.Color, labelSize)
	style.YAlign = draw.YTop
	if at > (c.Min.X+c.Max.X)/2 {
		style.XAlign = draw.XRight
		at -= 8
	}
	c.FillText(style, vg.Point{X: at + 4, Y: c.Max.Y - 14}, u.Name)
}
