package bench

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// point is a measured value with what is known about its spread.
type point struct {
	x, y float64
	// dots are the single trials, low to high their interval or range; neither is
	// drawn when there are fewer than two.
	dots      []float64
	low, high float64
	interval  bool
	// rough and invalid points have glyphs of their own.
	rough, invalid bool
}

// pointOf places an estimate at x.
func pointOf(x float64, e estimate, invalid bool) point {
	return point{x: x, y: e.median, dots: e.values, low: e.low, high: e.high, interval: e.interval, invalid: invalid}
}

// curve joins the points of one target. Where y is not a number, it has a gap.
type curve struct {
	look
	points []point
	// plain leaves out the glyphs, for series of many points; apart leaves out the
	// line, where there is nothing between the points.
	plain, apart bool
	width        vg.Length
}

// DataRange implements plot.DataRanger with an empty range: axes are fixed.
func (k curve) DataRange() (xmin, xmax, ymin, ymax float64) {
	return math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
}

// Plot implements plot.Plotter.
func (k curve) Plot(c draw.Canvas, p *plot.Plot) {
	bent := p.X.Scale == (plot.LogScale{}) && p.Y.Scale == (plot.LinearScale{})
	k.plotBand(c, p, bent)
	width := k.width
	if width == 0 {
		width = 1.8
	}
	for _, part := range k.unbroken() {
		if k.apart {
			break
		}
		if bent {
			part = subdivided(part)
		}
		line := plotter.Line{XYs: part, LineStyle: k.line(width)}
		line.Plot(c, p)
	}
	if k.plain {
		return
	}
	x, y := p.Transforms(&c)
	for _, pt := range k.points {
		if math.IsNaN(pt.y) {
			continue
		}
		k.plotSpread(c, pt, x, y)
		c.DrawGlyphNoClip(k.marker(k.shapeOf(pt)), vg.Point{X: x(pt.x), Y: y(pt.y)})
	}
}

func (k curve) shapeOf(pt point) draw.GlyphDrawer {
	switch {
	case pt.invalid:
		return hatched{k.glyph}
	case pt.rough:
		return hollow{k.glyph}
	}
	return filled{k.glyph}
}

// unbroken splits the points at gaps.
func (k curve) unbroken() []plotter.XYs {
	var parts []plotter.XYs
	var part plotter.XYs
	for _, pt := range append(k.points[:len(k.points):len(k.points)], point{y: math.NaN()}) {
		if !math.IsNaN(pt.y) {
			part = append(part, plotter.XY{X: pt.x, Y: pt.y})
			continue
		}
		if len(part) > 0 {
			parts = append(parts, part)
		}
		part = nil
	}
	return parts
}

// subdivided puts points between points, on the straight line that they form on
// linear axes. Over a logarithmic x axis it is bent, as the diagonal is: drawn
// straight, it would seem to say that more was answered than asked.
func subdivided(line plotter.XYs) plotter.XYs {
	const pieces = 8
	fine := line[:1:1]
	for i, to := range line[1:] {
		from := line[i]
		for n := 1; n <= pieces; n++ {
			share := float64(n) / pieces
			fine = append(fine, plotter.XY{X: from.X + share*(to.X-from.X), Y: from.Y + share*(to.Y-from.Y)})
		}
	}
	return fine
}

// plotBand shades confidence intervals from point to point.
func (k curve) plotBand(c draw.Canvas, p *plot.Plot, bent bool) {
	var upper, lower plotter.XYs
	for _, pt := range k.points {
		if pt.interval && !math.IsNaN(pt.y) {
			upper = append(upper, plotter.XY{X: pt.x, Y: pt.high})
			lower = append(lower, plotter.XY{X: pt.x, Y: pt.low})
		}
	}
	if len(upper) < 2 {
		return
	}
	slices.Reverse(lower)
	if bent {
		upper, lower = subdivided(upper), subdivided(lower)
	}
	band := plotter.Polygon{XYs: []plotter.XYs{append(upper, lower...)}, Color: k.translucent(0x28)}
	band.Plot(c, p)
}

// plotSpread draws the single trials, and a line over their interval or range.
func (k curve) plotSpread(c draw.Canvas, pt point, x, y func(float64) vg.Length) {
	if len(pt.dots) < 2 {
		return
	}
	at := x(pt.x)
	c.StrokeLines(draw.LineStyle{Color: k.color, Width: 0.9}, c.ClipLinesY([]vg.Point{{X: at, Y: y(pt.low)}, {X: at, Y: y(pt.high)}})...)
	for _, v := range pt.dots {
		c.DrawGlyph(draw.GlyphStyle{Color: k.translucent(0x90), Radius: 1.5, Shape: draw.CircleGlyph{}}, vg.Point{X: at, Y: y(v)})
	}
}

func (k look) translucent(alpha uint8) color.NRGBA {
	return color.NRGBA{R: k.color.R, G: k.color.G, B: k.color.B, A: alpha}
}
