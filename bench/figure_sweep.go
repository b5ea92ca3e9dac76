package bench

import (
	"math"

	"gonum.org/v1/plot"
)

// sweep is what the figures over the offered load share.
type sweep struct {
	run     *Run
	cells   []cell
	targets []string
	looks   map[string]look
}

func newSweep(r *Run) sweep {
	targets := r.targets()
	return sweep{run: r, cells: sweepCells(r.cells()), targets: targets, looks: looksOf(targets)}
}

func (s sweep) figures() []figure {
	if len(s.cells) == 0 {
		return nil
	}
	return []figure{s.goodput(), s.latency(), outcomesByTarget(s.cells), s.resources()}
}

var goodputMeasure = measure{"goodput/s", func(c cell) point { return pointOf(0, c.goodput(), false) }, formatRate}

// goodput is the headline.
func (s sweep) goodput() figure {
	c, curves := s.goodputChart()
	return figure{
		Title: "Goodput against offered load",
		How: "The dotted curve is everything that is offered, the dotted line what the server can do: " +
			"a good server follows the lower of the two, and one that collapses falls away from it.",
		Legend: legendOf(s.targets, s.looks).withMarks(curves).svg(),
		Panels: []panel{c.panel()},
		Table: sweepTable(s.cells, goodputMeasure,
			measure{"in time", func(c cell) point {
				return pointOf(0, c.each(func(t Trial) float64 { return t.Attainment }), false)
			}, formatShare}),
	}
}

func (s sweep) goodputChart() (chart, []curve) {
	curves := curvesOf(s.cells, s.looks, goodputMeasure.of)
	highest := s.run.Capacity
	for _, v := range extent(curves) {
		highest = max(highest, v)
	}
	layers := []plot.Plotter{diagonal{"all that is offered"}}
	if s.run.Capacity > 0 {
		layers = append(layers, level{s.run.Capacity, "capacity " + formatRate(s.run.Capacity) + "/s"})
	}
	return chart{
		label: "Goodput in requests per second against offered load, a line for each of " + listed(s.targets),
		x:     loadAxis(s.cells), y: linearAxis("goodput: requests/s answered in time", 0, highest*1.12, formatRate),
		layers: append(layers, layersOf(curves)...), width: wideWidth, height: wideHeight,
	}, curves
}

// tailPoint places a percentile; what is infinite is placed in the row for it by
// raiseInfinite.
func tailPoint(t tail) point {
	pt := pointOf(0, t.estimate, false)
	pt.rough = t.rough && !t.infinite
	if t.infinite {
		pt.y, pt.dots = math.Inf(1), nil
	}
	return pt
}

var (
	servedMedian = measure{"p50 served", func(c cell) point { return tailPoint(c.quantile(0.5, servedOf)) }, formatSeconds}
	servedTail   = measure{"p99 served", func(c cell) point { return tailPoint(c.quantile(0.99, servedOf)) }, formatSeconds}
	offeredTail  = measure{"p99 offered", func(c cell) point { return tailPoint(c.offeredTail()) }, formatSeconds}
	shedTail     = measure{"p99 shed", func(c cell) point { return tailPoint(c.quantile(0.99, shedOf)) }, formatSeconds}
)

// raiseInfinite places infinite points in the row for them.
func raiseInfinite(curves []curve, row float64) {
	for _, k := range curves {
		for i := range k.points {
			if math.IsInf(k.points[i].y, 1) {
				k.points[i].y = row
			}
		}
	}
}

// latency shows the tail of what was served beside that of all that was asked,
// on one scale, so that refusing much cannot look calm.
func (s sweep) latency() figure {
	served, offered := curvesOf(s.cells, s.looks, servedTail.of), curvesOf(s.cells, s.looks, offeredTail.of)
	y, row := logAxis("", append(extent(served), extent(offered)...), formatSeconds).withInfinity()
	draw := func(name string, curves []curve) panel {
		raiseInfinite(curves, row)
		own := y
		own.label = name
		layers := layersOf(curves)
		if limit := s.cells[0].trials[0].Limit; limit > 0 {
			layers = append([]plot.Plotter{level{limit, "limit " + formatSeconds(limit)}}, layers...)
		}
		return chart{label: name + ", against offered load, for " + listed(s.targets), x: loadAxis(s.cells), y: own,
			layers: layers, width: narrowWidth, height: narrowHeight}.panel()
	}
	return figure{
		Title: "Latency against offered load",
		How: "On the left the 99th percentile of requests that got an answer, on the right that of all requests, where a failure counts as infinite: " +
			"a server that refuses many to serve the rest quickly is low on the left and at ∞ on the right.",
		Legend: legendOf(s.targets, s.looks).withMarks(append(served, offered...)).svg(),
		Panels: []panel{draw("p99 of requests served, from the intended send time", served), draw("p99 of all requests offered", offered)},
		Table:  sweepTable(s.cells, servedMedian, servedTail, offeredTail, shedTail),
	}
}

// resourceMeasures are what the server process used: memory, threads,
// goroutines, processors.
var resourceMeasures = []measure{
	{"peak memory", serverPoint(func(v *Server) float64 { return float64(v.PeakRSS) }), formatBytes},
	{"peak threads", serverPoint(func(v *Server) float64 { return float64(v.PeakThreads) }), formatRate},
	{"peak goroutines", serverPoint(func(v *Server) float64 { return float64(v.PeakGoroutines) }), formatRate},
	{"CPU cores busy", serverPoint(func(v *Server) float64 { return v.CPU }), significant},
}

// resources shows what the server process used, as far as it is known.
func (s sweep) resources() figure {
	f := figure{
		Title: "What it costs the machine",
		How: "Bounded work means flat lines: memory, threads or goroutines that grow with the offered load have no bound but the machine's; " +
			"a line that ends early belongs to a server too busy to answer /metrics.",
		Legend: legendOf(s.targets, s.looks).svg(),
		Table:  sweepTable(s.cells, resourceMeasures...),
	}
	for i, m := range resourceMeasures {
		curves := curvesOf(s.cells, s.looks, m.of)
		values := extent(curves)
		if len(values) == 0 {
			continue
		}
		var y axis
		switch i {
		case 0:
			y = bytesAxis(m.name, values)
		case 3:
			y = linearAxis(m.name, 0, 1.1*maxOf(values), m.format)
		default:
			y = logAxis(m.name, values, m.format)
		}
		f.Panels = append(f.Panels, chart{label: m.name + " of the server, against offered load, for " + listed(s.targets),
			x: loadAxis(s.cells), y: y, layers: layersOf(curves), width: narrowWidth, height: narrowHeight}.panel())
	}
	return f
}

func serverPoint(figure func(*Server) float64) func(cell) point {
	return func(c cell) point { return pointOf(0, c.server(figure), false) }
}

func maxOf(values []float64) float64 {
	highest := 0.0
	for _, v := range values {
		highest = max(highest, v)
	}
	return highest
}
