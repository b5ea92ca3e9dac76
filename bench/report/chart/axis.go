package chart

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Axis is one axis of a chart: range, scale, and the ticks to be labelled.
type Axis struct {
	Label    string
	Min, Max float64
	Scale    plot.Normalizer
	Ticks    []plot.Tick
}

func (a Axis) apply(to *plot.Axis) {
	to.Min, to.Max = a.Min, a.Max
	to.Scale = a.Scale
	to.Tick.Marker = plot.ConstantTicks(a.Ticks)
	to.Tick.Label.Color = MutedColor
	to.Tick.Label.Font = TextStyle(MutedColor, labelSize).Font
	to.Tick.LineStyle.Color = MutedColor
	if to.Tick.Label.XAlign == draw.XRight { // the y axis
		to.Tick.Label.YAlign = draw.YCenter
	}
}

// LinearAxis runs from min to at least max, with about five round ticks.
func LinearAxis(label string, lowest, highest float64, format func(float64) string) Axis {
	if !(highest > lowest) {
		highest = lowest + 1
	}
	var ticks []plot.Tick
	step := roundStep((highest - lowest) / 5)
	for i := math.Ceil(lowest / step); i*step <= highest*(1+1e-9); i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: format(i * step)})
	}
	return Axis{Label: label, Min: lowest, Max: highest, Scale: plot.LinearScale{}, Ticks: ticks}
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

// LogAxis covers values, which must be positive; others are passed over. Ticks
// are at 1, 2 and 5 over short ranges, at powers of ten over long ones.
func LogAxis(label string, values []float64, format func(float64) string) Axis {
	return logAxisOf(label, values, 10, format)
}

// BytesAxis suits sizes: logarithmic with ticks at powers of four, or linear in
// round numbers of MiB where the largest is less than eight times the smallest.
func BytesAxis(label string, values []float64, format func(float64) string) Axis {
	const mebi = 1 << 20
	lowest, highest := math.Inf(1), 0.0
	for _, v := range values {
		lowest, highest = min(lowest, v), max(highest, v)
	}
	if lowest < mebi || highest > 8*lowest {
		return logAxisOf(label, values, 4, format)
	}
	a := LinearAxis(label, 0, 1.12*highest/mebi, func(v float64) string { return format(v * mebi) })
	a.Max *= mebi
	for i := range a.Ticks {
		a.Ticks[i].Value *= mebi
	}
	return a
}

func logAxisOf(label string, values []float64, base float64, format func(float64) string) Axis {
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
	a := Axis{Label: label, Min: math.Pow(base, from), Max: math.Pow(base, to), Scale: plot.LogScale{}}
	for e := from; e <= to; e += every {
		for _, m := range between {
			if v := m * math.Pow(base, e); v <= a.Max*(1+1e-9) {
				a.Ticks = append(a.Ticks, plot.Tick{Value: v, Label: format(v)})
			}
		}
	}
	return a
}

// Thinned takes the labels from ticks that would otherwise touch each other on an
// axis of the given length.
func (a Axis) Thinned(length vg.Length) []plot.Tick {
	style := TextStyle(MutedColor, labelSize)
	ticks := slices.Clone(a.Ticks)
	slices.SortFunc(ticks, func(s, t plot.Tick) int { return cmp.Compare(s.Value, t.Value) })
	end := vg.Length(math.Inf(-1))
	for i, t := range ticks {
		middle := length * vg.Length(a.Scale.Normalize(a.Min, a.Max, t.Value))
		half := style.Width(t.Label) / 2
		if middle-half < end+4 {
			ticks[i].Label = ""
			continue
		}
		end = middle + half
	}
	return ticks
}

// WithInfinity gives a log axis room for a row above its end that stands for
// infinite values, and returns where it is.
func (a Axis) WithInfinity() (Axis, float64) {
	decades := math.Log10(a.Max / a.Min)
	row := a.Max * math.Pow(10, 0.12*decades)
	a.Max = row * math.Pow(10, 0.04*decades)
	a.Ticks = append(a.Ticks[:len(a.Ticks):len(a.Ticks)], plot.Tick{Value: row, Label: "∞"})
	return a, row
}

// percentileScale stretches the upper tail as HdrHistogram plots do: equal steps
// for 90 %, 99 %, 99.9 % and so on. Values are quantiles from 0 to below 1.
type percentileScale struct{}

// Normalize implements plot.Normalizer.
func (percentileScale) Normalize(lowest, highest, q float64) float64 {
	nines := func(q float64) float64 { return -math.Log10(1 - q) }
	return (nines(q) - nines(lowest)) / (nines(highest) - nines(lowest))
}

// PercentileAxis runs to the given quantile, less than 1.
func PercentileAxis(to float64) Axis {
	a := Axis{Label: "percentile of requests served", Min: 0, Max: max(to, 0.9), Scale: percentileScale{}}
	for _, t := range []plot.Tick{
		{Value: 0, Label: "0"}, {Value: 0.5, Label: "50 %"}, {Value: 0.9, Label: "90 %"}, {Value: 0.99, Label: "99 %"},
		{Value: 0.999, Label: "99.9 %"}, {Value: 0.9999, Label: "99.99 %"}, {Value: 0.99999, Label: "99.999 %"},
	} {
		if t.Value <= a.Max {
			a.Ticks = append(a.Ticks, t)
		}
	}
	return a
}
