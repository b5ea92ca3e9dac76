package bench

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var guideLine = draw.LineStyle{Color: mutedColor, Width: 0.9, Dashes: []vg.Length{1.5, 2}}

// level is a horizontal line with a name, such as a capacity or a time limit.
type level struct {
	y    float64
	name string
}

// Plot implements plot.Plotter.
func (l level) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	at := y(l.y)
	if at > c.Max.Y || at < c.Min.Y {
		return
	}
	c.StrokeLine2(guideLine, c.Min.X, at, c.Max.X, at)
	c.FillText(textStyle(mutedColor, labelSize), vg.Point{X: c.Min.X + 3, Y: at + 2}, l.name)
}

// diagonal is the line y = x: everything that is offered is served.
type diagonal struct{ name string }

// Plot implements plot.Plotter.
func (d diagonal) Plot(c draw.Canvas, p *plot.Plot) {
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
	c.FillText(textStyle(mutedColor, labelSize), vg.Point{X: end.X + 4, Y: end.Y - labelSize - 1}, d.name)
}

// span shades a range of x, with its name at the top.
type span struct {
	from, to float64
	color    color.Color
	name     string
}

// Plot implements plot.Plotter.
func (s span) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	left, right := max(x(s.from), c.Min.X), min(x(s.to), c.Max.X)
	if right <= left {
		return
	}
	fillBox(c, s.color, left, right, c.Min.Y, c.Max.Y)
	style := textStyle(mutedColor, labelSize)
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	c.FillText(style, vg.Point{X: (left + right) / 2, Y: c.Max.Y - 2}, s.name)
}

// upright is a vertical line with a name.
type upright struct {
	x     float64
	color color.Color
	name  string
}

// Plot implements plot.Plotter.
func (u upright) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	at := x(u.x)
	if at < c.Min.X || at > c.Max.X {
		return
	}
	c.StrokeLine2(draw.LineStyle{Color: u.color, Width: 1.2}, at, c.Min.Y, at, c.Max.Y)
	style := textStyle(u.color, labelSize)
	style.YAlign = draw.YTop
	if at > (c.Min.X+c.Max.X)/2 {
		style.XAlign = draw.XRight
		at -= 8
	}
	c.FillText(style, vg.Point{X: at + 4, Y: c.Max.Y - 14}, u.name)
}
