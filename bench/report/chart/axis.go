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

// LinearAxis runs from lowest to highest, with about five round ticks: gonum's
// own has two or three.
func LinearAxis(label string, lowest, highest float64, format func(float64) string) Axis {
	if !(highest > lowest) {
		highest = lowest + 1
	}
	least := (highest - lowest) / 5
	step := math.Pow(10, math.Floor(math.Log10(least)))
	for _, factor := range []float64{2, 2.5, 2} { // 1, 2, 5, 10 times a power of ten
		if step >= least*(1-1e-9) {
			break
		}
		step *= factor
	}
	a := Axis{Label: label, Min: lowest, Max: highest, Scale: plot.LinearScale{}}
	for i := math.Ceil(lowest / step); i*step <= highest*(1+1e-9); i++ {
		a.Ticks = append(a.Ticks, plot.Tick{Value: i * step, Label: format(i * step)})
	}
	return a
}

// BytesAxis runs from 0 to a little above the largest size, in round numbers of
// its unit.
func BytesAxis(label string, values []float64, format func(float64) string) Axis {
	highest, unit := slices.Max(slices.Concat(values, []float64{1})), 1.0
	for unit*1024 <= highest {
		unit *= 1024
	}
	a := LinearAxis(label, 0, 1.12*highest/unit, func(v float64) string { return format(v * unit) })
	a.Max *= unit
	for i := range a.Ticks {
		a.Ticks[i].Value *= unit
	}
	return a
}

// LogAxis covers values, which must be positive, in whole powers of ten; others
// are passed over.
func LogAxis(label string, values []float64, format func(float64) string) Axis {
	lowest, highest := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 1) {
			lowest, highest = min(lowest, v), max(highest, v)
		}
	}
	if highest == 0 {
		lowest, highest = 1, 10
	}
	from, to := math.Floor(math.Log10(lowest)+1e-9), math.Ceil(math.Log10(highest)-1e-9)
	if from == to {
		to++
	}
	a := Axis{Label: label, Min: math.Pow(10, from), Max: math.Pow(10, to), Scale: plot.LogScale{}}
	a.Ticks = plot.LogTicks{Prec: -1}.Ticks(a.Min, a.Max)
	for i := range a.Ticks {
		if !a.Ticks[i].IsMinor() {
			a.Ticks[i].Label = format(a.Ticks[i].Value)
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
