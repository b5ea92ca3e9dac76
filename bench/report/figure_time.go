package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// course are the charts over time of the points of one phase.
type course struct {
	points []stats.Point
	times  [][]stats.Moment
	looks  map[string]chart.Look
	names  []string
}

func newCourses(points []stats.Point, looks map[string]chart.Look) course {
	s := course{looks: looks}
	for _, c := range points {
		if times := c.Timeline(); len(times) > 1 {
			s.points, s.times, s.names = append(s.points, c), append(s.times, times), append(s.names, c.Server)
		}
	}
	return s
}

func (s course) empty() bool { return len(s.points) == 0 }

// figure shows goodput over the whole width, and below it what goes with it.
func (s course) figure(title, how string) figure {
	rate := s.chart("goodput, and what was offered (grey): requests/s", func(m stats.Moment) float64 { return m.Goodput }, chart.WideWidth, s.linear(formatRate), true)
	offered := chart.Curve{Look: chart.Look{Color: chart.Grey}, Plain: true, Width: 1.2}
	for _, m := range s.times[0] {
		offered.Points = append(offered.Points, chart.Mark{X: m.At, Y: m.Offered})
	}
	highest := maxOf(append(s.values(func(m stats.Moment) float64 { return m.Goodput }), s.values(func(m stats.Moment) float64 { return m.Offered })...))
	label := rate.Y.Label
	rate.Y = chart.LinearAxis(label, 0, highest*1.12, formatRate)
	rate.Layers = append([]plot.Plotter{offered}, rate.Layers...)
	rate.Layers = append(s.steps(), rate.Layers...)

	f := figure{Title: title, How: how, Legend: chart.LegendOf(s.names, s.looks).HTML(), Panels: []panel{panelOf(rate)}, Table: s.table()}
	for _, m := range []struct {
		label string
		of    func(stats.Moment) float64
		axis  func(string, []float64) chart.Axis
		gaps  bool // what is missing is a finding: nothing was served
	}{
		{"p99 of requests served, by intended send time", func(m stats.Moment) float64 { return m.P99 }, s.log(formatSeconds), true},
		{"retries/s", func(m stats.Moment) float64 { return m.Retries }, s.linear(formatRate), true},
		{"memory of the server (RSS)", func(m stats.Moment) float64 { return m.RSS }, s.bytes, false},
		{"threads of the server", func(m stats.Moment) float64 { return m.Threads }, s.log(formatRate), false},
		{"requests in flight", func(m stats.Moment) float64 { return m.InFlight }, s.linear(formatRate), true},
	} {
		if maxOf(s.values(m.of)) > 0 {
			c := s.chart(m.label, m.of, chart.NarrowWidth, m.axis, m.gaps)
			c.Layers = append(s.steps(), c.Layers...)
			f.Panels = append(f.Panels, panelOf(c))
		}
	}
	return f
}

func (s course) linear(format func(float64) string) func(string, []float64) chart.Axis {
	return func(label string, values []float64) chart.Axis {
		return chart.LinearAxis(label, 0, 1.12*maxOf(values), format)
	}
}

func (s course) log(format func(float64) string) func(string, []float64) chart.Axis {
	return func(label string, values []float64) chart.Axis { return chart.LogAxis(label, values, format) }
}

func (s course) bytes(label string, values []float64) chart.Axis {
	return chart.BytesAxis(label, values, formatBytes)
}

// values are all positive values of a figure, of all servers.
func (s course) values(of func(stats.Moment) float64) []float64 {
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

func (s course) chart(label string, of func(stats.Moment) float64, width vg.Length, y func(string, []float64) chart.Axis, gaps bool) chart.Chart {
	var curves []chart.Curve
	for i, times := range s.times {
		k := chart.Curve{Look: s.looks[s.points[i].Server], Plain: true}
		for _, m := range times {
			k.Points = append(k.Points, chart.Mark{X: m.At, Y: of(m)})
		}
		curves = append(curves, k)
	}
	own := y(label, s.values(of))
	for i := range curves {
		curves[i].Points = drawable(curves[i].Points, own, gaps)
	}
	times := s.times[0]
	return chart.Chart{Label: label + " over time, for " + listed(s.names),
		X: chart.LinearAxis("seconds", times[0].At, times[len(times)-1].At, significant), Y: own,
		Layers: chart.LayersOf(curves), Width: width}
}

// drawable is the points that have a place on an axis. The others leave gaps, or,
// where values are only sampled now and then, are passed over.
func drawable(points []chart.Mark, on chart.Axis, gaps bool) []chart.Mark {
	var kept []chart.Mark
	for _, pt := range points {
		if on.Scale == (plot.LogScale{}) && pt.Y <= 0 {
			pt.Y = math.NaN()
		}
		if gaps || !math.IsNaN(pt.Y) {
			kept = append(kept, pt)
		}
	}
	return kept
}

// steps shades the phases of a changing load, every other one.
func (s course) steps() []plot.Plotter {
	var layers []plot.Plotter
	phases := s.points[0].Trials[0].Phases
	if start := s.times[0][0].At; len(phases) == 0 && start < 0 {
		phases = []bench.Phase{{}, {Name: "warm-up", From: start}}
	}
	for i, ph := range phases {
		shade := color.NRGBA{0xff, 0xff, 0xff, 0x00}
		if i%2 == 1 {
			shade = color.NRGBA{0xe6, 0x9f, 0x00, 0x1c}
		}
		layers = append(layers, chart.Span{From: ph.From, To: ph.To, Color: shade, Name: ph.Name})
	}
	return layers
}

func (s course) table() grid {
	g := grid{Head: []string{"server", "second", "offered/s", "goodput/s", "retries/s", "p99 served", "in flight", "memory", "threads", "goroutines"}}
	for i, times := range s.times {
		// A row a second is enough for people; report.json has every bin.
		next := math.Inf(-1)
		for _, m := range times {
			if m.At < next-1e-9 {
				continue
			}
			next = math.Floor(m.At) + 1
			g.add(s.points[i].Server, significant(m.At), formatRate(m.Offered), formatRate(m.Goodput), formatRate(m.Retries),
				formatSeconds(m.P99), formatRate(m.InFlight), formatBytes(m.RSS), formatRate(m.Threads), formatRate(m.Goroutines))
		}
	}
	return g
}
