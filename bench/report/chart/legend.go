package chart

import (
	"html/template"
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Legend names what is drawn how, in a row above the charts that it is for.
type Legend []legendEntry

type legendEntry struct {
	name string
	// thumb draws a sample around the middle of a canvas.
	thumb func(draw.Canvas)
}

const (
	thumbWidth vg.Length = 26
	legendRow  vg.Length = 15
	legendGap  vg.Length = 16
)

// LegendOf has an entry for each server.
func LegendOf(servers []string, looks map[string]Look) Legend {
	var l Legend
	for _, name := range servers {
		k := looks[name]
		l = append(l, legendEntry{name, func(c draw.Canvas) {
			c.StrokeLine2(k.line(1.8), c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
			c.DrawGlyphNoClip(k.marker(filled{k.glyph}), c.Center())
		}})
	}
	return l
}

// WithMarks explains the glyphs that do not stand for a server, as far as they
// occur in points.
func (l Legend) WithMarks(curves []Curve) Legend {
	var invalid, rough, diverging bool
	for _, k := range curves {
		for _, pt := range k.Points {
			invalid, rough, diverging = invalid || pt.Invalid, rough || pt.Rough, diverging || pt.Diverging && !pt.Invalid
		}
	}
	mark := func(shape draw.GlyphDrawer) func(draw.Canvas) {
		return func(c draw.Canvas) { c.DrawGlyphNoClip(Look{Color: black}.marker(shape), c.Center()) }
	}
	if invalid {
		l = append(l, legendEntry{"invalid: see Validity", mark(hatched{disc})})
	}
	if diverging {
		l = append(l, legendEntry{"diverging: no steady state", mark(cored{disc})})
	}
	if rough {
		l = append(l, legendEntry{"rough: fewer than ten values lie above", mark(hollow{disc})})
	}
	return l
}

func swatch(fill color.Color) func(draw.Canvas) {
	return func(c draw.Canvas) {
		y := c.Center().Y
		FillBox(c, MutedColor, c.Max.X-12, c.Max.X, y-5, y+5) // a border
		FillBox(c, fill, c.Max.X-11.5, c.Max.X-0.5, y-4.5, y+4.5)
	}
}

// Svg renders the legend on its own; that of nothing is empty.
func (l Legend) Svg() template.HTML {
	if len(l) == 0 {
		return ""
	}
	names := make([]string, len(l))
	for i, e := range l {
		names[i] = e.name
	}
	return RenderSVG("Legend: "+strings.Join(names, ", "), WideWidth, l.Height(WideWidth), l.Draw)
}

func (l Legend) Height(width vg.Length) vg.Length {
	rows := 0
	l.place(width, func(_ legendEntry, _ vg.Length, row int) { rows = row + 1 })
	return vg.Length(rows) * legendRow
}

// Draw fills area from the top.
func (l Legend) Draw(area draw.Canvas) {
	style := TextStyle(InkColor, labelSize)
	style.YAlign = draw.YCenter
	l.place(area.Max.X-area.Min.X, func(e legendEntry, left vg.Length, row int) {
		y := area.Max.Y - legendRow*(vg.Length(row)+0.5)
		thumb := area
		thumb.Min = vg.Point{X: area.Min.X + left, Y: y - legendRow/2}
		thumb.Max = vg.Point{X: area.Min.X + left + thumbWidth, Y: y + legendRow/2}
		e.thumb(thumb)
		area.FillText(style, vg.Point{X: thumb.Max.X + 5, Y: y}, e.name)
	})
}

// place calls put with the position of each entry, from left to right and then
// in the next row.
func (l Legend) place(width vg.Length, put func(e legendEntry, left vg.Length, row int)) {
	style := TextStyle(InkColor, labelSize)
	left, row := vg.Length(4), 0
	for _, e := range l {
		need := thumbWidth + 5 + style.Width(e.name)
		if left+need > width && left > 4 {
			left, row = 4, row+1
		}
		put(e, left, row)
		left += need + legendGap
	}
}
