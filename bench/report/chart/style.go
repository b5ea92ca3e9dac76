package chart

import (
	"fmt"
	"html/template"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"millpond/bench"
)

// Look is how one server is drawn everywhere. Colour, dashes and glyph each tell
// servers apart on their own: for colour-blind readers, and in grey print.
type Look struct {
	Color color.RGBA
	dash  []vg.Length
	shape outline
}

func (k Look) line(width vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: k.Color, Width: width, Dashes: k.dash}
}

func (k Look) marker(kind pointKind) draw.GlyphStyle {
	return draw.GlyphStyle{Color: k.Color, Radius: 3.4, Shape: glyph{k.shape, kind}}
}

// The palette is that of Okabe and Ito ("Color Universal Design", 2008), without
// its yellow, which is too pale for lines.
var (
	blue       = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	vermillion = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	Green      = color.RGBA{0x00, 0x9e, 0x73, 0xff}
	purple     = color.RGBA{0xcc, 0x79, 0xa7, 0xff}
	orange     = color.RGBA{0xe6, 0x9f, 0x00, 0xff}
	skyBlue    = color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	black      = color.RGBA{0x33, 0x33, 0x33, 0xff}
	Grey       = color.RGBA{0x99, 0x99, 0x99, 0xff}
)

// CSSColor writes a colour as a style sheet has it.
func CSSColor(c color.RGBA) template.CSS {
	return template.CSS(fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
}

// Looks are in the order in which servers get them; the first four belong to
// millpond's own models.
var Looks = []Look{
	{blue, nil, disc},
	{vermillion, []vg.Length{6, 3}, peak},
	{Green, []vg.Length{2, 2.5}, square},
	{purple, []vg.Length{8, 2.5, 2, 2.5}, diamond},
	{orange, nil, valley},
	{skyBlue, []vg.Length{6, 3}, disc},
	{black, []vg.Length{2, 2.5}, peak},
	{Grey, []vg.Length{8, 2.5, 2, 2.5}, square},
}

// LooksOf gives each server its look. The models have theirs in every chart; the
// others get the rest in order, and after that the same again in other shapes.
// Where there are no models, the others get the first ones.
func LooksOf(servers []string) map[string]Look {
	own := map[string]Look{}
	next := 0
	if slices.ContainsFunc(servers, func(name string) bool { return slices.Contains(bench.Models, name) }) {
		next = len(bench.Models)
	}
	for _, name := range servers {
		if i := slices.Index(bench.Models, name); i >= 0 {
			own[name] = Looks[i]
			continue
		}
		k := Looks[next%len(Looks)]
		if round := next / len(Looks); round > 0 {
			k.shape, k.dash = Looks[(next+round)%len(Looks)].shape, Looks[(next+2*round)%len(Looks)].dash
		}
		own[name] = k
		next++
	}
	return own
}

// outline is the shape of a glyph: its corners around a point.
type outline func(at vg.Point, radius vg.Length) []vg.Point

func disc(at vg.Point, r vg.Length) []vg.Point    { return ring(at, r, 20, 0) }
func peak(at vg.Point, r vg.Length) []vg.Point    { return ring(at, 1.25*r, 3, math.Pi/2) }
func valley(at vg.Point, r vg.Length) []vg.Point  { return ring(at, 1.25*r, 3, -math.Pi/2) }
func square(at vg.Point, r vg.Length) []vg.Point  { return ring(at, 1.25*r, 4, math.Pi/4) }
func diamond(at vg.Point, r vg.Length) []vg.Point { return ring(at, 1.3*r, 4, 0) }

// glyph is an outline filled in one of the ways in which points are known.
type glyph struct {
	outline
	kind pointKind
}

type pointKind uint8

const (
	solid   pointKind = iota
	hollow            // the figure rests on few values
	cored             // the server has no steady state
	crossed           // the point is invalid
)

// DrawGlyph implements draw.GlyphDrawer.
func (g glyph) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	fill, edge := color.Color(s.Color), draw.LineStyle{Color: color.White, Width: 0.6} // the edge keeps glyphs apart where they overlap
	switch g.kind {
	case hollow:
		fill, edge = color.White, draw.LineStyle{Color: s.Color, Width: 1.2}
	case cored:
		s.Radius *= 1.15
	}
	corners := g.outline(at, s.Radius)
	c.FillPolygon(fill, corners)
	c.StrokeLines(edge, append(corners, corners[0]))
	switch r, line := 1.8*s.Radius, (draw.LineStyle{Color: s.Color, Width: 1.6}); g.kind {
	case cored:
		c.FillPolygon(color.White, disc(at, 0.42*s.Radius))
	case crossed:
		c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
		c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
	}
}

// ring is a regular polygon around a point.
func ring(at vg.Point, radius vg.Length, corners int, start float64) []vg.Point {
	points := make([]vg.Point, corners, corners+1)
	for i := range points {
		sin, cos := math.Sincos(start + 2*math.Pi*float64(i)/float64(corners))
		points[i] = vg.Point{X: at.X + radius*vg.Length(cos), Y: at.Y + radius*vg.Length(sin)}
	}
	return points
}
