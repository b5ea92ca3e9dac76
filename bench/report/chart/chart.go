package chart

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"html/template"
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Sizes of a chart in points. Panels of both widths have the same scale on the
// page: one wide panel is as broad as two narrow ones and the gap between them.
const (
	WideWidth    vg.Length = 760
	NarrowWidth  vg.Length = 372
	WideHeight   vg.Length = 320
	NarrowHeight vg.Length = 250

	labelSize vg.Length = 9
)

// The colours of everything that is not data.
var (
	InkColor   = color.RGBA{0x24, 0x29, 0x2f, 0xff}
	MutedColor = color.RGBA{0x59, 0x63, 0x6e, 0xff}
	gridColor  = color.RGBA{0xdd, 0xe2, 0xe7, 0xff}
)

// Chart is one plot: axes and layers, drawn in order. It is rendered to the same
// bytes whenever its content is the same.
type Chart struct {
	// Label says in one sentence what is to be seen, for those who cannot see it.
	Label  string
	X, Y   Axis
	Layers []plot.Plotter
	// Width is NarrowWidth if zero, and Height what goes with the width.
	Width, Height vg.Length
	// Legend is drawn into the plot. Where it is empty, the page shows one.
	Legend Legend
}

// SVG renders the chart as an element of a page, whose colours it takes.
func (c Chart) SVG() template.HTML {
	width, height := c.Size()
	return themed(RenderSVG(c.Label, width, height, c.Draw))
}

// Size is that of the chart, its defaults filled in.
func (c Chart) Size() (width, height vg.Length) {
	width, height = cmp.Or(c.Width, NarrowWidth), NarrowHeight
	if c.Wide() {
		height = WideHeight
	}
	return width, cmp.Or(c.Height, height)
}

// Wide tells whether the chart goes over the whole width of a page.
func (c Chart) Wide() bool { return c.Width == WideWidth }

// theme gives everything that is not data the colours of the page, light or dark.
var theme = strings.NewReplacer("#24292F", "var(--ink)", "#59636E", "var(--muted)", "#DDE2E7", "var(--grid)",
	"#FFFFFF", "var(--card)", "#333333", "var(--strong)")

func themed(svg template.HTML) template.HTML { return template.HTML(theme.Replace(string(svg))) }

// legend puts the key into the plot, at its right and below the capacity: there
// goodput is either more or nearly nothing.
func (c Chart) legend(p *plot.Plot) {
	p.Legend.Top = true
	p.Legend.XOffs, p.Legend.YOffs = -6, -48
	p.Legend.ThumbnailWidth = thumbWidth
	p.Legend.Padding = 3
	p.Legend.TextStyle = TextStyle(InkColor, labelSize)
	for _, e := range c.Legend {
		p.Legend.Add(e.name, e.thumb)
	}
}

// Draw draws the chart into area. The name of the y axis stands above it, where
// it can be read without turning one's head.
func (c Chart) Draw(area draw.Canvas) {
	heading := TextStyle(MutedColor, labelSize)
	heading.YAlign = draw.YTop
	area.FillText(heading, vg.Point{X: area.Min.X + 4, Y: area.Max.Y - 2}, c.Y.Label)

	p := plot.New()
	p.BackgroundColor = nil
	c.X.apply(&p.X)
	c.Y.apply(&p.Y)
	p.Y.LineStyle.Width, p.Y.Tick.Length = 0, 0
	p.X.LineStyle.Color, p.X.Tick.LineStyle.Color = MutedColor, MutedColor
	p.X.Tick.Length = 3
	p.X.Padding, p.Y.Padding = 6, 4
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal = nil, draw.LineStyle{Color: gridColor, Width: 0.7}
	p.Add(grid)
	p.Add(c.Layers...)
	c.legend(p)
	// gonum reserves room for the label of a logarithmic axis at the wrong place,
	// so that the plot would get too narrow: the label is drawn here instead.
	plotArea := draw.Crop(area, 4, -8, 2, -18)
	if c.X.Label != "" {
		below := TextStyle(MutedColor, labelSize)
		below.XAlign = draw.XCenter
		area.FillText(below, vg.Point{X: area.Center().X, Y: area.Min.Y + 4}, c.X.Label)
		plotArea.Min.Y += labelSize + 7
	}
	p.X.Tick.Marker = plot.ConstantTicks(c.X.Thinned(plotArea.Max.X - plotArea.Min.X))
	p.Draw(plotArea)
}

// FillBox fills a rectangle.
func FillBox(c draw.Canvas, fill color.Color, left, right, bottom, top vg.Length) {
	c.FillPolygon(fill, []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}})
}

// TextStyle is plain text, aligned to the left on its baseline.
func TextStyle(ink color.Color, size vg.Length) draw.TextStyle {
	return draw.TextStyle{
		Color:   ink,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  draw.XLeft,
		YAlign:  draw.YBottom,
		Handler: plot.DefaultTextHandler,
	}
}

// The charts are laid out in Liberation Sans, which has the widths of Arial and
// Helvetica, so that the report need not carry a font.
const (
	drawnFamily = "font-family:Liberation Sans"
	shownFamily = "font-family:'Liberation Sans',Arial,Helvetica,sans-serif"
)

// RenderSVG draws on a canvas of the given size and returns it as one svg
// element with a label for screen readers.
func RenderSVG(label string, width, height vg.Length, paint func(draw.Canvas)) template.HTML {
	canvas := vgsvg.New(width, height)
	paint(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		panic(fmt.Sprintf("bench: writing to memory failed: %v", err))
	}
	// What comes before the first group is the XML declaration and an svg tag of
	// fixed size: both are unfit for HTML.
	_, content, found := strings.Cut(b.String(), "<g ")
	if !found {
		panic("bench: an SVG canvas without a group")
	}
	content = strings.ReplaceAll(content, drawnFamily, shownFamily)
	content = strings.ReplaceAll(content, ";font-variant:normal;font-weight:normal;font-style:normal", "")
	return template.HTML(fmt.Sprintf(
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" role="img" aria-label="%s">`+"\n<g %s",
		width.Points(), height.Points(), html.EscapeString(label), content))
}
