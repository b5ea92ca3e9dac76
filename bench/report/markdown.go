package report

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

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// WriteMarkdown writes the headline of r for a README: the verdict, the chart if
// the path of one is given, goodput by load, and how all this came about.
func WriteMarkdown(w io.Writer, r *bench.Result, chart string) error {
	var b strings.Builder
	for i := range r.Runs {
		run := &r.Runs[i]
		v := verdictOf(run)
		fmt.Fprintf(&b, "%s\n\n", v.Headline)
		if chart != "" && run.Kind == "contrast" {
			fmt.Fprintf(&b, "![Goodput against offered load](%s)\n\n", chart)
		}
		g := tableOf(run)
		if s := newSweep(run); run.Kind == "contrast" && len(s.points) > 0 {
			g = s.pivot()
		}
		fmt.Fprintf(&b, "%s\n\n", render(g).RenderMarkdown())
		for _, line := range append(v.Points, v.Tradeoffs...) {
			fmt.Fprintf(&b, "- %s\n", line)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "Made by `%s` on %s: %s.\n", r.Command, r.Started.UTC().Format(time.DateOnly), machine(r.Env))
	_, err := io.WriteString(w, b.String())
	return err
}

// pivot has a row for each server and a column for each load.
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
	for _, group := range byServer(s.points) {
		row := []string{group[0].Server}
		for _, load := range loads {
			text := noFigure
			for _, c := range group {
				if c.Multiple() == load {
					text = formatEstimate(c.Goodput(), formatRate)
					if mark := doubt(c); mark != "" {
						text += " (" + mark + ")"
					}
				}
			}
			row = append(row, text)
		}
		if beyond {
			row = append(row, noFigure, formatBytes(peakOf(group, resourceMeasures[0])), formatRate(peakOf(group, resourceMeasures[1])))
			for _, c := range group {
				if c.Multiple() == m {
					row[len(row)-3] = formatTail(c.Quantile(0.99, stats.Served))
				}
			}
		}
		g.add(row...)
	}
	return g
}

// peakOf is the highest value of a measure over points, NaN if there is none.
func peakOf(points []stats.Point, m measure) float64 {
	peak := m.of(points[0]).Y
	for _, c := range points[1:] {
		if v := m.of(c).Y; !(v <= peak) {
			peak = v
		}
	}
	return peak
}

// ErrNoChart is what [WriteChart] returns for a result without a contrast run.
var ErrNoChart = errors.New("no chart: the result holds no contrast run")

// WriteChart writes the headline chart of r, goodput against offered load, as an
// SVG file of its own.
func WriteChart(w io.Writer, r *bench.Result) error {
	i := slices.IndexFunc(r.Runs, func(run bench.Run) bool { return run.Kind == "contrast" && len(newSweep(&run).points) > 0 })
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
	c.Legend = chart.LegendOf(s.servers, s.looks).WithMarks(curves)
	const title, foot = vg.Length(30), vg.Length(22)
	width, height := c.Size()
	return chart.RenderSVG(c.Label, width, title+height+foot, func(area draw.Canvas) {
		chart.FillBox(area, color.White, area.Min.X, area.Max.X, area.Min.Y, area.Max.Y)
		head := chart.TextStyle(chart.InkColor, 13)
		head.YAlign = draw.YTop
		area.FillText(head, vg.Point{X: area.Min.X + 12, Y: area.Max.Y - 8}, "Goodput under overload: "+s.run.Workload)
		c.Draw(draw.Crop(area, 8, -8, foot, -title))
		area.FillText(chart.TextStyle(chart.MutedColor, 8), vg.Point{X: area.Min.X + 12, Y: area.Min.Y + 8}, source)
	})
}
