package report

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"

	"millpond/bench"
	"millpond/bench/report/chart"
)

// workerCurve shows the ladder of worker counts, the recommended count, and the
// band in which any count would do.
func workerCurve(s *bench.Sizing) figure {
	f := figure{
		Title: "How many workers",
		How: "Throughput rises with workers until the machine, or what the handler waits for, has no more to give: " +
			"the smallest count on the flat part is the one to run, for more of them only add waiting.",
		Table: grid{Head: []string{"workers", "valid trials", "throughput/s", "of the best", "p99", "peak memory", "CPU cores busy"}},
	}
	var throughput, tail chart.Curve
	throughput.Look, tail.Look = chart.Looks[0], chart.Looks[1]
	x := chart.Axis{Label: "workers", Scale: plot.LogScale{}, Min: 0.9, Max: 1.1}
	for _, r := range s.Rungs {
		n, done, share := float64(r.Workers), math.NaN(), math.NaN()
		if r.Valid > 0 {
			done, share = r.Throughput, ratioOf(r.Throughput, s.Best)
			throughput.Points = append(throughput.Points, chart.Mark{X: n, Y: done})
		}
		if r.P99.Below(math.MaxFloat64) {
			tail.Points = append(tail.Points, chart.Mark{X: n, Y: r.P99.Float()})
		}
		x.Max = max(x.Max, n*1.1)
		f.Table.add(strconv.Itoa(r.Workers), fmt.Sprintf("%d of %d", r.Valid, r.Trials), formatRate(done), formatShare(share),
			formatSeconds(r.P99.Float()), formatBytes(r.PeakRSS.Float()), significant(r.CPU.Float()))
	}
	for n := 1.0; n <= x.Max; n *= 2 {
		x.Ticks = append(x.Ticks, plot.Tick{Value: n, Label: significant(n)})
	}
	marks := sizeMarks(s)
	draw := func(label string, k chart.Curve, y chart.Axis) panel {
		return panelOf(chart.Chart{Label: label + " by number of workers. " + s.Answer, X: x, Y: y,
			Layers: append(marks[:len(marks):len(marks)], k)})
	}
	if len(throughput.Points) > 0 {
		f.Panels = append(f.Panels, draw("throughput, requests/s", throughput,
			chart.LinearAxis("throughput, requests/s", 0, 1.2*maxOf(chart.Extent([]chart.Curve{throughput})), formatRate)))
	}
	if len(tail.Points) > 0 {
		f.Panels = append(f.Panels, draw("p99 latency", tail, chart.LogAxis("p99 latency", chart.Extent([]chart.Curve{tail}), formatSeconds)))
	}
	return f
}

func sizeMarks(s *bench.Sizing) []plot.Plotter {
	var marks []plot.Plotter
	if s.FlatTo > 0 {
		band := color.NRGBA{0x00, 0x9e, 0x73, 0x22}
		marks = append(marks, chart.Span{From: float64(s.FlatFrom) / 1.06, To: float64(s.FlatTo) * 1.06, Color: band, Name: "within 3 %"})
	}
	if s.Recommended {
		marks = append(marks, chart.Upright{X: float64(s.Workers), Color: chart.Green, Name: fmt.Sprintf("run %d", s.Workers)})
	}
	return marks
}

// triedTable lists the sizes that were tried in an open loop.
func triedTable(s *bench.Sizing) grid {
	g := grid{Head: []string{"size", "in time at 0.9 ×", "goodput at 1.5 ×", "valid", "keeps " + s.Objective}}
	for _, t := range s.Tried {
		what := fmt.Sprintf("%s, queue %s", counted(t.Workers, "worker"), formatCount(int64(t.Queue)))
		if t.Alone() {
			what = "nothing set"
		}
		g.add(what, formatShare(t.Attainment.Float()), formatShare(t.Goodput), yesNo(t.Valid), yesNo(t.Kept))
	}
	return g
}
