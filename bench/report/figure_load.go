package report

import (
	"gonum.org/v1/plot"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// sweep is what the figures over the offered load share.
type sweep struct {
	run     *bench.Run
	points  []stats.Point
	servers []string
	looks   map[string]chart.Look
}

func newSweep(r *bench.Run) sweep {
	servers := stats.Servers(r)
	return sweep{run: r, points: sweepPoints(stats.Points(r)), servers: servers, looks: chart.LooksOf(servers)}
}

func (s sweep) figures() []figure {
	if len(s.points) == 0 {
		return nil
	}
	return []figure{s.goodput(), s.latency(), outcomesByServer(s.points), s.resources()}
}

var goodputMeasure = estimated("goodput/s", stats.Point.Goodput, formatRate)

// goodput is the headline.
func (s sweep) goodput() figure {
	c, curves := s.goodputChart()
	return figure{
		Title: "Goodput against offered load",
		How: "The dotted curve is everything that is offered, the dotted line what the server can do: " +
			"a good server follows the lower of the two, and one that collapses falls away from it.",
		Legend: chart.LegendOf(s.servers, s.looks).WithMarks(curves).HTML(),
		Panels: []panel{panelOf(c)},
		Table:  sweepTable(s.points, goodputMeasure, ofTrials("in time", attained, formatShare)),
	}
}

func (s sweep) goodputChart() (chart.Chart, []chart.Curve) {
	curves := curvesOf(s.points, s.looks, goodputMeasure.of)
	highest := s.run.Capacity
	for _, v := range chart.Extent(curves) {
		highest = max(highest, v)
	}
	layers := []plot.Plotter{chart.Diagonal{Name: "all that is offered"}}
	if s.run.Capacity > 0 {
		layers = append(layers, chart.Level{Y: s.run.Capacity, Name: "capacity " + formatRate(s.run.Capacity) + "/s"})
	}
	return chart.Chart{
		Label: "Goodput in requests per second against offered load, a line for each of " + listed(s.servers),
		X:     loadAxis(s.points), Y: chart.LinearAxis("goodput: requests/s answered in time", 0, highest*1.12, formatRate),
		Layers: append(layers, chart.LayersOf(curves)...), Width: chart.WideWidth,
	}, curves
}

var (
	servedMedian = ofLatency("p50 served", 0.5, stats.Served)
	servedTail   = ofLatency("p99 served", 0.99, stats.Served)
	offeredTail  = ofTail("p99 offered", stats.Point.OfferedTail)
	shedTail     = ofLatency("p99 shed", 0.99, stats.Shed)
)

// latency shows the tail of what was served beside that of all that was asked,
// on one scale, so that refusing much cannot look calm.
func (s sweep) latency() figure {
	served, offered := curvesOf(s.points, s.looks, servedTail.of), curvesOf(s.points, s.looks, offeredTail.of)
	y, row := chart.LogAxis("", append(chart.Extent(served), chart.Extent(offered)...), formatSeconds).WithInfinity()
	draw := func(name string, curves []chart.Curve) panel {
		raiseInfinite(curves, row)
		own := y
		own.Label = name
		layers := chart.LayersOf(curves)
		if limit := s.points[0].Trials[0].Limit; limit > 0 {
			layers = append([]plot.Plotter{chart.Level{Y: limit, Name: "limit " + formatSeconds(limit)}}, layers...)
		}
		return panelOf(chart.Chart{Label: name + ", against offered load, for " + listed(s.servers), X: loadAxis(s.points), Y: own,
			Layers: layers})
	}
	return figure{
		Title: "Latency against offered load",
		How: "On the left the 99th percentile of requests that got an answer, on the right that of all requests, where a failure counts as infinite: " +
			"a server that refuses many to serve the rest quickly is low on the left and at ∞ on the right.",
		Legend: chart.LegendOf(s.servers, s.looks).WithMarks(append(served, offered...)).HTML(),
		Panels: []panel{draw("p99 of requests served, from the intended send time", served), draw("p99 of all requests offered", offered)},
		Table:  sweepTable(s.points, servedMedian, servedTail, offeredTail, shedTail),
	}
}

// resourceMeasures are what the server process used: memory, threads,
// goroutines, processors.
var resourceMeasures = []measure{
	ofTrials("peak memory", peakRSS, formatBytes),
	ofTrials("peak threads", peakThreads, formatRate),
	ofTrials("peak goroutines", func(t bench.Trial) float64 { return t.Used().PeakGoroutines.Float() }, formatRate),
	ofTrials("CPU cores busy", func(t bench.Trial) float64 { return t.Used().CPU.Float() }, significant),
}

// resources shows what the server process used, as far as it is known.
func (s sweep) resources() figure {
	f := figure{
		Title: "What it costs the machine",
		How: "Bounded work means flat lines: memory, threads or goroutines that grow with the offered load have no bound but the machine's; " +
			"a line that ends early belongs to a server too busy to answer /metrics.",
		Legend: chart.LegendOf(s.servers, s.looks).HTML(),
		Table:  sweepTable(s.points, resourceMeasures...),
	}
	for i, m := range resourceMeasures {
		curves := curvesOf(s.points, s.looks, m.of)
		values := chart.Extent(curves)
		if len(values) == 0 {
			continue
		}
		var y chart.Axis
		switch i {
		case 0:
			y = chart.BytesAxis(m.name, values, m.format)
		case 3:
			y = chart.LinearAxis(m.name, 0, 1.1*maxOf(values), m.format)
		default:
			y = chart.LogAxis(m.name, values, m.format)
		}
		f.Panels = append(f.Panels, panelOf(chart.Chart{Label: m.name + " of the server, against offered load, for " + listed(s.servers),
			X: loadAxis(s.points), Y: y, Layers: chart.LayersOf(curves)}))
	}
	return f
}
