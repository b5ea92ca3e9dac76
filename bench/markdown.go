package bench

import (
	"errors"
	"fmt"
	"html/template"
	"image/color"
	"io"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// WriteMarkdown writes the headline of r for a README: the verdict, the chart if
// the path of one is given, goodput by load, and how all this came about.
func WriteMarkdown(w io.Writer, r *Result, chart string) error {
	var b strings.Builder
	for i := range r.Runs {
		run := &r.Runs[i]
		v := run.verdict()
		fmt.Fprintf(&b, "%s\n\n", v.Headline)
		if chart != "" && run.Kind == "contrast" {
			fmt.Fprintf(&b, "![Goodput against offered load](%s)\n\n", chart)
		}
		g := run.table()
		if s := newSweep(run); run.Kind == "contrast" && len(s.cells) > 0 {
			g = s.pivot()
		}
		fmt.Fprintf(&b, "%s\n\n", render(g).RenderMarkdown())
		for _, line := range append(v.Points, v.Costs...) {
			fmt.Fprintf(&b, "- %s\n", line)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "Made by `%s` on %s: %s.\n", r.Command, r.Started.UTC().Format(time.DateOnly), machine(r.Env))
	_, err := io.WriteString(w, b.String())
	return err
}

// pivot has a row for each target and a column for each load.
func (s sweep) pivot() grid {
	loads := s.multiples()
	g := grid{Head: []string{"goodput/s at"}}
	for _, m := range loads {
		g.Head = append(g.Head, formatMultiple(m))
	}
	m, _ := s.contrastMultiple()
	beyond := slices.Contains(loads, m)
	if beyond {
		g.Head = append(g.Head, "p99 served at "+formatMultiple(m), "peak memory", "peak threads")
	}
	for _, group := range byTarget(s.cells) {
		row := []string{group[0].target}
		for _, load := range loads {
			text := noFigure
			for _, c := range group {
				if c.multiple() == load {
					text = formatEstimate(c.goodput(), formatRate)
					if !c.valid() {
						text += " (invalid)"
					}
				}
			}
			row = append(row, text)
		}
		if beyond {
			row = append(row, noFigure, formatBytes(peakOf(group, resourceMeasures[0])), formatRate(peakOf(group, resourceMeasures[1])))
			for _, c := range group {
				if c.multiple() == m {
					row[len(row)-3] = formatTail(c.quantile(0.99, servedOf))
				}
			}
		}
		g.add(row...)
	}
	return g
}

// peakOf is the highest value of a measure over cells, NaN if there is none.
func peakOf(cells []cell, m measure) float64 {
	peak := m.of(cells[0]).y
	for _, c := range cells[1:] {
		if v := m.of(c).y; !(v <= peak) {
			peak = v
		}
	}
	return peak
}

// ErrNoChart is what [WriteChart] returns for a result without a contrast run.
var ErrNoChart = errors.New("no chart: the result holds no contrast run")

// WriteChart writes the headline chart of r, goodput against offered load, as an
// SVG file of its own.
func WriteChart(w io.Writer, r *Result) error {
	i := slices.IndexFunc(r.Runs, func(run Run) bool { return run.Kind == "contrast" && len(newSweep(&run).cells) > 0 })
	if i < 0 {
		return ErrNoChart
	}
	_, err := io.WriteString(w, string(newSweep(&r.Runs[i]).poster(machine(r.Env)+", "+r.Started.UTC().Format(time.DateOnly))))
	return err
}

// poster is the goodput chart with title, legend and source, on a card of its
// own so that it can be read on a dark page.
func (s sweep) poster(source string) template.HTML {
	c, curves := s.goodputChart()
	names := legendOf(s.targets, s.looks).withMarks(curves)
	const title, foot = vg.Length(30), vg.Length(22)
	legendHeight := names.height(wideWidth - 16)
	height := title + legendHeight + c.height + foot
	return renderSVG(c.label, wideWidth, height, func(area draw.Canvas) {
		fillBox(area, color.White, area.Min.X, area.Max.X, area.Min.Y, area.Max.Y)
		head := textStyle(inkColor, 13)
		head.YAlign = draw.YTop
		area.FillText(head, vg.Point{X: area.Min.X + 12, Y: area.Max.Y - 8}, "Goodput under overload: "+s.run.Workload)
		names.draw(draw.Crop(area, 8, -8, 0, -title))
		c.draw(draw.Crop(area, 8, -8, foot, -title-legendHeight))
		area.FillText(textStyle(mutedColor, 8), vg.Point{X: area.Min.X + 12, Y: area.Min.Y + 8}, source)
	})
}
