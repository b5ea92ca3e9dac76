package chart

import (
	"fmt"
	"html"
	"html/template"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Legend names what is drawn how.
type Legend []legendEntry

type legendEntry struct {
	name  string
	thumb sample
}

// sample draws a sample around the middle of a canvas.
type sample func(draw.Canvas)

// Thumbnail implements plot.Thumbnailer.
func (s sample) Thumbnail(c *draw.Canvas) { s(*c) }

const thumbWidth, thumbHeight vg.Length = 26, 13

// LegendOf has an entry for each server.
func LegendOf(servers []string, looks map[string]Look) Legend {
	var l Legend
	for _, name := range servers {
		k := looks[name]
		l = append(l, legendEntry{name, func(c draw.Canvas) {
			c.StrokeLine2(k.line(1.8), c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
			c.DrawGlyphNoClip(k.marker(solid), c.Center())
		}})
	}
	return l
}

// WithMarks explains the glyphs that do not stand for a server, as far as they
// occur in points.
func (l Legend) WithMarks(curves []Curve) Legend {
	names := map[pointKind]string{
		crossed: "invalid: see Validity", cored: "diverging: no steady state", hollow: "rough: fewer than ten values lie above",
	}
	for _, kind := range []pointKind{crossed, cored, hollow} {
		if slices.ContainsFunc(curves, func(k Curve) bool {
			return slices.ContainsFunc(k.Points, func(pt Mark) bool { return pt.kind() == kind })
		}) {
			l = append(l, legendEntry{names[kind], func(c draw.Canvas) { c.DrawGlyphNoClip(Look{Color: black, shape: disc}.marker(kind), c.Center()) }})
		}
	}
	return l
}

// swatch is a patch of a colour.
func swatch(fill color.Color) sample {
	return func(c draw.Canvas) {
		y := c.Center().Y
		FillBox(c, MutedColor, c.Max.X-12, c.Max.X, y-5, y+5) // a border
		FillBox(c, fill, c.Max.X-11.5, c.Max.X-0.5, y-4.5, y+4.5)
	}
}

// HTML is the legend as a list for a page; that of nothing is empty.
func (l Legend) HTML() template.HTML {
	if len(l) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<ul class="legend">`)
	for _, e := range l {
		fmt.Fprintf(&b, "<li>%s%s</li>", themed(RenderSVG(e.name, thumbWidth, thumbHeight, e.thumb)), html.EscapeString(e.name))
	}
	b.WriteString("</ul>")
	return template.HTML(b.String())
}
