package bench

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// instrumentFigures shows how far the generator can be trusted on this machine.
func instrumentFigures(r *Run) []figure {
	var figures []figure
	if f, ok := lagFigure(r); ok {
		figures = append(figures, f)
	}
	if i := r.Instrument; i != nil && len(i.ErlangC) > 0 {
		figures = append(figures, erlangFigure(i))
	}
	return figures
}

// openCells are the cells whose requests had times to leave at.
func openCells(cells []cell) []cell {
	return slices.DeleteFunc(sweepCells(cells), func(c cell) bool { return c.trials[0].Loop != "open" })
}

// lagFigure shows the send-time error over the rate.
func lagFigure(r *Run) (figure, bool) {
	cells := openCells(r.cells())
	if len(cells) == 0 {
		return figure{}, false
	}
	targets := r.targets()
	looks := looksOf(targets)
	lag := measure{"p99 send-time error", func(c cell) point { return tailPoint(c.quantile(0.99, lagOf)) }, formatSeconds}
	sent := measure{"sent", func(c cell) point {
		return pointOf(0, c.each(func(t Trial) float64 { return t.Validity.RateRatio }), false)
	}, formatShare}
	cpu := measure{"generator CPU", func(c cell) point {
		return pointOf(0, c.each(func(t Trial) float64 { return t.Generator.CPU }), false)
	}, formatShare}
	curves := curvesOf(cells, looks, lag.of)
	if len(extent(curves)) == 0 {
		return figure{}, false
	}
	c := chart{label: "Send-time error of the generator against rate", x: loadAxis(cells),
		y:      logAxis("p99 of the generator's send-time error", append(extent(curves), 1e-3), formatSeconds),
		layers: append([]plot.Plotter{level{1e-3, "trusted below 1 ms"}}, layersOf(curves)...), width: wideWidth, height: narrowHeight}
	return figure{
		Title:  "How late requests leave",
		How:    "Below the dotted line the generator sends on time; above it, latencies are partly its own.",
		Legend: legendOf(targets, looks).withMarks(curves).svg(),
		Panels: []panel{c.panel()},
		Table:  sweepTable(cells, lag, sent, cpu),
	}, true
}

// erlangFigure compares measured waits with queueing theory.
func erlangFigure(i *Instrument) figure {
	f := figure{
		Title: "Does it measure what theory predicts?",
		How: "Each bar is the range in which Erlang's formula puts the mean wait, the line in it what an ideal queue makes of the very same arrivals: " +
			"a disc is a measurement that agrees with both, a triangle one that does not.",
		Table: grid{Head: []string{"servers", "utilisation", "Erlang-C", "tolerance", "ideal queue", "measured", "agrees"}},
	}
	var measured erlangPoints
	x := axis{scale: plot.LinearScale{}, min: -0.6, max: float64(len(i.ErlangC)) - 0.4}
	var values []float64
	for n, e := range i.ErlangC {
		measured = append(measured, e)
		values = append(values, e.Predicted+e.Tolerance, e.Simulated, e.Measured)
		x.ticks = append(x.ticks, plot.Tick{Value: float64(n), Label: counted(e.Servers, "server") + "\n" + formatShare(e.Utilisation) + " busy"})
		f.Table.add(fmt.Sprint(e.Servers), formatShare(e.Utilisation), formatSeconds(e.Predicted), "± "+formatSeconds(e.Tolerance), formatSeconds(e.Simulated), formatSeconds(e.Measured), yesNo(e.Agrees))
	}
	f.Panels = []panel{chart{label: "Measured mean waits beside Erlang-C predictions", x: x,
		y: linearAxis("mean wait", 0, 1.1*maxOf(values), formatSeconds), layers: []plot.Plotter{measured}, width: wideWidth, height: narrowHeight}.panel()}
	return f
}

// erlangPoints draws predictions as bars, an ideal queue as a line and
// measurements as discs, side by side
// at x = 0, 1, 2 …
type erlangPoints []ErlangC

// Plot implements plot.Plotter.
func (points erlangPoints) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for n, e := range points {
		at := x(float64(n))
		low, high := y(max(e.Predicted-e.Tolerance, 0)), y(e.Predicted+e.Tolerance)
		fillBox(c, gridColor, at-14, at+14, low, high)
		c.StrokeLine2(draw.LineStyle{Color: mutedColor, Width: 1}, at-14, y(e.Simulated), at+14, y(e.Simulated))
		mark := looks[0].marker(filled{disc})
		if !e.Agrees {
			mark = looks[1].marker(filled{peak})
		}
		c.DrawGlyphNoClip(mark, vg.Point{X: at, Y: y(e.Measured)})
	}
}
