package bench

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// courses are the charts over time of the cells of one phase.
type courses struct {
	cells []cell
	times [][]moment
	looks map[string]look
	names []string
}

func newCourses(cells []cell, looks map[string]look) courses {
	s := courses{looks: looks}
	for _, c := range cells {
		if times := c.timeline(); len(times) > 1 {
			s.cells, s.times, s.names = append(s.cells, c), append(s.times, times), append(s.names, c.target)
		}
	}
	return s
}

func (s courses) empty() bool { return len(s.cells) == 0 }

// figure shows goodput over the whole width, and below it what goes with it.
func (s courses) figure(title, how string) figure {
	rate := s.chart("goodput, and what was offered (grey): requests/s", func(m moment) float64 { return m.goodput }, wideWidth, s.linear(formatRate), true)
	offered := curve{look: look{color: grey}, plain: true, width: 1.2}
	for _, m := range s.times[0] {
		offered.points = append(offered.points, point{x: m.at, y: m.offered})
	}
	highest := maxOf(append(s.values(func(m moment) float64 { return m.goodput }), s.values(func(m moment) float64 { return m.offered })...))
	label := rate.y.label
	rate.y = linearAxis(label, 0, highest*1.12, formatRate)
	rate.layers = append([]plot.Plotter{offered}, rate.layers...)
	rate.layers = append(s.steps(), rate.layers...)

	f := figure{Title: title, How: how, Legend: legendOf(s.names, s.looks).svg(), Panels: []panel{rate.panel()}, Table: s.table()}
	for _, m := range []struct {
		label string
		of    func(moment) float64
		axis  func(string, []float64) axis
		gaps  bool // what is missing is a finding: nothing was served
	}{
		{"p99 of requests served, by intended send time", func(m moment) float64 { return m.p99 }, s.log(formatSeconds), true},
		{"retries/s", func(m moment) float64 { return m.retries }, s.linear(formatRate), true},
		{"memory of the server (RSS)", func(m moment) float64 { return m.rss }, bytesAxis, false},
		{"threads of the server", func(m moment) float64 { return m.threads }, s.log(formatRate), false},
		{"requests in flight", func(m moment) float64 { return m.inFlight }, s.linear(formatRate), true},
	} {
		if maxOf(s.values(m.of)) > 0 {
			c := s.chart(m.label, m.of, narrowWidth, m.axis, m.gaps)
			c.layers = append(s.steps(), c.layers...)
			f.Panels = append(f.Panels, c.panel())
		}
	}
	return f
}

func (s courses) linear(format func(float64) string) func(string, []float64) axis {
	return func(label string, values []float64) axis { return linearAxis(label, 0, 1.12*maxOf(values), format) }
}

func (s courses) log(format func(float64) string) func(string, []float64) axis {
	return func(label string, values []float64) axis { return logAxis(label, values, format) }
}

// values are all positive values of a figure, of all targets.
func (s courses) values(of func(moment) float64) []float64 {
	var all []float64
	for _, times := range s.times {
		for _, m := range times {
			if v := of(m); v > 0 {
				all = append(all, v)
			}
		}
	}
	return all
}

func (s courses) chart(label string, of func(moment) float64, width vg.Length, y func(string, []float64) axis, gaps bool) chart {
	var curves []curve
	for i, times := range s.times {
		k := curve{look: s.looks[s.cells[i].target], plain: true}
		for _, m := range times {
			k.points = append(k.points, point{x: m.at, y: of(m)})
		}
		curves = append(curves, k)
	}
	own := y(label, s.values(of))
	for i := range curves {
		curves[i].points = drawable(curves[i].points, own, gaps)
	}
	times := s.times[0]
	height := narrowHeight
	if width == wideWidth {
		height = wideHeight
	}
	return chart{label: label + " over time, for " + listed(s.names),
		x: linearAxis("seconds", times[0].at, times[len(times)-1].at, significant), y: own,
		layers: layersOf(curves), width: width, height: height}
}

// drawable is the points that have a place on an axis. The others leave gaps, or,
// where values are only sampled now and then, are passed over.
func drawable(points []point, on axis, gaps bool) []point {
	var kept []point
	for _, pt := range points {
		if on.scale == (plot.LogScale{}) && pt.y <= 0 {
			pt.y = math.NaN()
		}
		if gaps || !math.IsNaN(pt.y) {
			kept = append(kept, pt)
		}
	}
	return kept
}

// steps shades the phases of a changing load, every other one.
func (s courses) steps() []plot.Plotter {
	var layers []plot.Plotter
	for i, ph := range s.cells[0].trials[0].Phases {
		shade := color.NRGBA{0xff, 0xff, 0xff, 0x00}
		if i%2 == 1 {
			shade = color.NRGBA{0xe6, 0x9f, 0x00, 0x1c}
		}
		layers = append(layers, span{ph.From, ph.To, shade, ph.Name})
	}
	return layers
}

func (s courses) table() grid {
	g := grid{Head: []string{"target", "second", "offered/s", "goodput/s", "retries/s", "p99 served", "in flight", "memory", "threads", "goroutines"}}
	for i, times := range s.times {
		// A row a second is enough for people; report.json has every bin.
		next := math.Inf(-1)
		for _, m := range times {
			if m.at < next-1e-9 {
				continue
			}
			next = math.Floor(m.at) + 1
			g.add(s.cells[i].target, significant(m.at), formatRate(m.offered), formatRate(m.goodput), formatRate(m.retries),
				formatSeconds(m.p99), formatRate(m.inFlight), formatBytes(m.rss), formatRate(m.threads), formatRate(m.goroutines))
		}
	}
	return g
}
