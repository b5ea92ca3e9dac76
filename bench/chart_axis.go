package bench

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// axis is one axis of a chart: range, scale, and the ticks to be labelled.
type axis struct {
	label    string
	min, max float64
	scale    plot.Normalizer
	ticks    []plot.Tick
}

func (a axis) apply(to *plot.Axis) {
	to.Min, to.Max = a.min, a.max
	to.Scale = a.scale
	to.Tick.Marker = plot.ConstantTicks(a.ticks)
	to.Tick.Label.Color = mutedColor
	to.Tick.Label.Font = textStyle(mutedColor, labelSize).Font
	to.Tick.LineStyle.Color = mutedColor
	if to.Tick.Label.XAlign == draw.XRight { // the y axis
		to.Tick.Label.YAlign = draw.YCenter
	}
}

// linearAxis runs from min to at least max, with about five round ticks.
func linearAxis(label string, lowest, highest float64, format func(float64) string) axis {
	if !(highest > lowest) {
		highest = lowest + 1
	}
	var ticks []plot.Tick
	step := roundStep((highest - lowest) / 5)
	for i := math.Ceil(lowest / step); i*step <= highest*(1+1e-9); i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: format(i * step)})
	}
	return axis{label: label, min: lowest, max: highest, scale: plot.LinearScale{}, ticks: ticks}
}

// roundStep is the next number of the form 1, 2 or 5 times a power of ten.
func roundStep(v float64) float64 {
	magnitude := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*magnitude*(1+1e-9) {
			return m * magnitude
		}
	}
	return 10 * magnitude
}

// logAxis covers values, which must be positive; others are passed over. Ticks
// are at 1, 2 and 5 over short ranges, at powers of ten over long ones.
func logAxis(label string, values []float64, format func(float64) string) axis {
	return logAxisOf(label, values, 10, format)
}

// bytesAxis suits sizes: logarithmic with ticks at powers of four, or linear in
// round numbers of MiB where the largest is less than eight times the smallest.
func bytesAxis(label string, values []float64) axis {
	const mebi = 1 << 20
	lowest, highest := math.Inf(1), 0.0
	for _, v := range values {
		lowest, highest = min(lowest, v), max(highest, v)
	}
	if lowest < mebi || highest > 8*lowest {
		return logAxisOf(label, values, 4, formatBytes)
	}
	a := linearAxis(label, 0, 1.12*highest/mebi, func(v float64) string { return significant(v) + " MiB" })
	a.max *= mebi
	for i := range a.ticks {
		a.ticks[i].Value *= mebi
	}
	return a
}

func logAxisOf(label string, values []float64, base float64, format func(float64) string) axis {
	lowest, highest := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 1) {
			lowest, highest = min(lowest, v), max(highest, v)
		}
	}
	if highest == 0 {
		lowest, highest = 1, base
	}
	log := func(v float64) float64 { return math.Log(v) / math.Log(base) }
	from, to := math.Floor(log(lowest)+1e-9), math.Ceil(log(highest)-1e-9)
	if from == to {
		to++
	}
	between := []float64{1}
	if base == 10 && to-from <= 2 {
		between = []float64{1, 2, 5}
	}
	every := math.Ceil((to - from) / 6)
	a := axis{label: label, min: math.Pow(base, from), max: math.Pow(base, to), scale: plot.LogScale{}}
	for e := from; e <= to; e += every {
		for _, m := range between {
			if v := m * math.Pow(base, e); v <= a.max*(1+1e-9) {
				a.ticks = append(a.ticks, plot.Tick{Value: v, Label: format(v)})
			}
		}
	}
	return a
}

// thinned takes the labels from ticks that would otherwise touch each other on an
// axis of the given length.
func (a axis) thinned(length vg.Length) []plot.Tick {
	style := textStyle(mutedColor, labelSize)
	ticks := slices.Clone(a.ticks)
	slices.SortFunc(ticks, func(s, t plot.Tick) int { return cmp.Compare(s.Value, t.Value) })
	end := vg.Length(math.Inf(-1))
	for i, t := range ticks {
		middle := length * vg.Length(a.scale.Normalize(a.min, a.max, t.Value))
		half := style.Width(t.Label) / 2
		if middle-half < end+4 {
			ticks[i].Label = ""
			continue
		}
		end = middle + half
	}
	return ticks
}

// withInfinity gives a log axis room for a row above its end that stands for
// infinite values, and returns where it is.
func (a axis) withInfinity() (axis, float64) {
	decades := math.Log10(a.max / a.min)
	row := a.max * math.Pow(10, 0.12*decades)
	a.max = row * math.Pow(10, 0.04*decades)
	a.ticks = append(a.ticks[:len(a.ticks):len(a.ticks)], plot.Tick{Value: row, Label: "∞"})
	return a, row
}

// loadAxis is a logarithmic axis with a tick at each load that was offered.
func loadAxis(cells []cell) axis {
	a := axis{label: "offered load, requests/s", min: math.Inf(1), scale: plot.LogScale{}}
	seen := map[float64]bool{}
	for _, c := range cells {
		rate := c.rate()
		if rate <= 0 || seen[rate] {
			continue
		}
		seen[rate] = true
		text := formatRate(rate)
		if m := c.multiple(); m > 0 {
			text = formatMultiple(m) + "\n" + text
			a.label = "offered load: multiple of capacity, and requests/s"
		}
		a.ticks = append(a.ticks, plot.Tick{Value: rate, Label: text})
		a.min, a.max = min(a.min, rate), max(a.max, rate)
	}
	if a.max == 0 {
		a.min, a.max = 1, 10
	}
	a.min, a.max = a.min/1.1, a.max*1.1
	return a
}

// percentileScale stretches the upper tail as HdrHistogram plots do: equal steps
// for 90 %, 99 %, 99.9 % and so on. Values are quantiles from 0 to below 1.
type percentileScale struct{}

// Normalize implements plot.Normalizer.
func (percentileScale) Normalize(lowest, highest, q float64) float64 {
	nines := func(q float64) float64 { return -math.Log10(1 - q) }
	return (nines(q) - nines(lowest)) / (nines(highest) - nines(lowest))
}

// percentileAxis runs to the given quantile, less than 1.
func percentileAxis(to float64) axis {
	a := axis{label: "percentile of requests served", min: 0, max: max(to, 0.9), scale: percentileScale{}}
	for _, t := range []plot.Tick{
		{Value: 0, Label: "0"}, {Value: 0.5, Label: "50 %"}, {Value: 0.9, Label: "90 %"}, {Value: 0.99, Label: "99 %"},
		{Value: 0.999, Label: "99.9 %"}, {Value: 0.9999, Label: "99.99 %"}, {Value: 0.99999, Label: "99.999 %"},
	} {
		if t.Value <= a.max {
			a.ticks = append(a.ticks, t)
		}
	}
	return a
}
