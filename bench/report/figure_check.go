package report

import (
	"fmt"

	"gonum.org/v1/plot"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// instrumentFigures shows how far the generator can be trusted on this machine.
func instrumentFigures(r *bench.Run) []figure {
	var figures []figure
	if f, ok := lagFigure(r); ok {
		figures = append(figures, f)
	}
	if i := r.Instrument; i != nil && len(i.Queues) > 0 {
		figures = append(figures, queueFigure(i))
	}
	return figures
}

// rungs are the rates that the generator tried itself at, which are not those at
// which it measured queues.
func rungs(r *bench.Run) []stats.Point {
	return those(openPoints(stats.Points(r)), func(c stats.Point) bool { return c.Trials[0].Search })
}

// sendLag is how late requests leave.
var sendLag = ofLatency("p99 send-time error", 0.99, stats.Lag)

func rungTable(points []stats.Point) grid {
	return sweepTable(points, sendLag,
		ofTrials("sent", func(t bench.Trial) float64 { return t.Validity.RateRatio }, formatShare),
		ofTrials("generator CPU", func(t bench.Trial) float64 { return t.Generator.CPU }, formatShare))
}

// lagFigure shows the send-time error over the rate.
func lagFigure(r *bench.Run) (figure, bool) {
	points := rungs(r)
	if len(points) == 0 {
		return figure{}, false
	}
	servers := []string{points[0].Server}
	looks := chart.LooksOf(servers)
	curves := curvesOf(points, looks, sendLag.of)
	if len(chart.Extent(curves)) == 0 {
		return figure{}, false
	}
	c := chart.Chart{Label: "Send-time error of the generator against rate", X: loadAxis(points),
		Y:      chart.LogAxis("p99 of the generator's send-time error", append(chart.Extent(curves), 1e-3), formatSeconds),
		Layers: append([]plot.Plotter{chart.Level{Y: 1e-3, Name: "trusted below 1 ms"}}, chart.LayersOf(curves)...), Width: chart.WideWidth, Height: chart.NarrowHeight}
	return figure{
		Title:  "How late requests leave",
		How:    "Below the dotted line the generator sends on time; above it, latencies are partly its own.",
		Legend: chart.LegendOf(servers, looks).WithMarks(curves).HTML(),
		Panels: []panel{panelOf(c)},
		Table:  rungTable(points),
	}, true
}

// queueFigure shows measured waits beside those of an ideal queue.
func queueFigure(i *bench.Instrument) figure {
	f := figure{
		Title: "Does it measure the waits of a queue?",
		How:   "Squares are the mean waits that an ideal queue makes of the very arrivals that were sent, discs what was measured: a disc within its square agrees.",
		Table: grid{Head: []string{"servers", "utilisation", "ideal", "measured", "agrees"}},
	}
	ideal, measured := chart.Curve{Look: chart.Looks[2], Apart: true}, chart.Curve{Look: chart.Looks[0], Apart: true}
	x := chart.Axis{Scale: plot.LinearScale{}, Min: -0.6, Max: float64(len(i.Queues)) - 0.4}
	for n, q := range i.Queues {
		ideal.Points = append(ideal.Points, chart.Mark{X: float64(n), Y: q.Ideal})
		measured.Points = append(measured.Points, chart.Mark{X: float64(n), Y: q.Measured.Float(), Invalid: !q.Agrees})
		x.Ticks = append(x.Ticks, plot.Tick{Value: float64(n), Label: counted(q.Servers, "server") + "\n" + formatShare(q.Utilisation) + " busy"})
		f.Table.add(fmt.Sprint(q.Servers), formatShare(q.Utilisation), formatSeconds(q.Ideal), formatSeconds(q.Measured.Float()), yesNo(q.Agrees))
	}
	curves := []chart.Curve{measured, ideal}
	f.Panels = []panel{panelOf(chart.Chart{Label: "Measured mean waits beside those of an ideal queue", X: x,
		Y: chart.LinearAxis("mean wait", 0, 1.1*maxOf(chart.Extent(curves)), formatSeconds), Layers: chart.LayersOf(curves), Width: chart.WideWidth, Height: chart.NarrowHeight})}
	return f
}
