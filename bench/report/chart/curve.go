package chart

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Mark is a measured value with what is known about its spread.
type Mark struct {
	X, Y float64
	// Dots are the single trials, low to high their interval or range; neither is
	// drawn when there are fewer than two.
	Dots      []float64
	Low, High float64
	Interval  bool
	// Rough, Diverging and Invalid points have glyphs of their own.
	Rough, Diverging, Invalid bool
}

// Curve joins the points of one server. Where y is not a number, it has a gap.
type Curve struct {
	Look
	Points []Mark
	// Plain leaves out the glyphs, for series of many points; apart leaves out
	// the line, where there is nothing between the points.
	Plain, Apart bool
	Width        vg.Length
}

// DataRange implements plot.DataRanger with an empty range: axes are fixed.
func (k Curve) DataRange() (xmin, xmax, ymin, ymax float64) {
	return math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
}

// Plot implements plot.Plotter.
func (k Curve) Plot(c draw.Canvas, p *plot.Plot) {
	k.plotBand(c, p)
	width := k.Width
	if width == 0 {
		width = 1.8
	}
	for _, part := range k.unbroken() {
		if k.Apart {
			break
		}
		line := plotter.Line{XYs: part, LineStyle: k.line(width)}
		line.Plot(c, p)
	}
	if k.Plain {
		return
	}
	x, y := p.Transforms(&c)
	for _, pt := range k.Points {
		if math.IsNaN(pt.Y) {
			continue
		}
		k.plotSpread(c, pt, x, y)
		c.DrawGlyphNoClip(k.marker(pt.kind()), vg.Point{X: x(pt.X), Y: y(pt.Y)})
	}
}

func (m Mark) kind() pointKind {
	switch {
	case m.Invalid:
		return crossed
	case m.Diverging:
		return cored
	case m.Rough:
		return hollow
	}
	return solid
}

// unbroken splits the points at gaps.
func (k Curve) unbroken() []plotter.XYs {
	var parts []plotter.XYs
	var part plotter.XYs
	for _, pt := range append(k.Points[:len(k.Points):len(k.Points)], Mark{Y: math.NaN()}) {
		if !math.IsNaN(pt.Y) {
			part = append(part, plotter.XY{X: pt.X, Y: pt.Y})
			continue
		}
		if len(part) > 0 {
			parts = append(parts, part)
		}
		part = nil
	}
	return parts
}

// plotBand shades confidence intervals from point to point.
func (k Curve) plotBand(c draw.Canvas, p *plot.Plot) {
	var upper, lower plotter.XYs
	for _, pt := range k.Points {
		if pt.Interval && !math.IsNaN(pt.Y) {
			upper = append(upper, plotter.XY{X: pt.X, Y: pt.High})
			lower = append(lower, plotter.XY{X: pt.X, Y: pt.Low})
		}
	}
	if len(upper) < 2 {
		return
	}
	slices.Reverse(lower)
	band := plotter.Polygon{XYs: []plotter.XYs{append(upper, lower...)}, Color: k.translucent(0x28)}
	band.Plot(c, p)
}

// plotSpread draws the single trials, and a line over their interval or range.
func (k Curve) plotSpread(c draw.Canvas, pt Mark, x, y func(float64) vg.Length) {
	if len(pt.Dots) < 2 {
		return
	}
	at := x(pt.X)
	c.StrokeLines(draw.LineStyle{Color: k.Color, Width: 0.9}, c.ClipLinesY([]vg.Point{{X: at, Y: y(pt.Low)}, {X: at, Y: y(pt.High)}})...)
	for _, v := range pt.Dots {
		c.DrawGlyph(draw.GlyphStyle{Color: k.translucent(0x90), Radius: 1.5, Shape: draw.CircleGlyph{}}, vg.Point{X: at, Y: y(v)})
	}
}

func (k Look) translucent(alpha uint8) color.NRGBA {
	return color.NRGBA{R: k.Color.R, G: k.Color.G, B: k.Color.B, A: alpha}
}

// Extent collects every finite y that curves draw, spread included.
func Extent(curves []Curve) []float64 {
	var all []float64
	for _, k := range curves {
		for _, pt := range k.Points {
			all = append(all, pt.Y)
			if len(pt.Dots) > 1 {
				all = append(append(all, pt.Low, pt.High), pt.Dots...)
			}
		}
	}
	return slices.DeleteFunc(all, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// LayersOf is what a chart draws of curves: the first of them last, on top.
func LayersOf(curves []Curve) []plot.Plotter {
	layers := make([]plot.Plotter, len(curves))
	for i, k := range curves {
		layers[len(curves)-1-i] = k
	}
	return layers
}
