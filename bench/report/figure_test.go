package report

import (
	"math"
	"slices"
	"testing"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

func TestDrawable(t *testing.T) {
	points := []chart.Mark{{Y: 1}, {Y: 0}, {Y: math.NaN()}, {Y: 2}}
	log := chart.LogAxis("", []float64{1, 2}, formatRate)
	if got := drawable(points, log, false); len(got) != 2 {
		t.Errorf("%d points on a log axis, want 2", len(got))
	}
	if got := drawable(points, log, true); len(got) != 4 || !math.IsNaN(got[1].Y) {
		t.Errorf("%v on a log axis with gaps, want 4 points, the second one a gap", got)
	}
	if got := drawable(points, chart.LinearAxis("", 0, 2, formatRate), false); len(got) != 3 {
		t.Errorf("%d points on a linear axis, want 3", len(got))
	}
}

// TestLabelsDoNotTouch has 50 loads close together on one axis.
func TestLabelsDoNotTouch(t *testing.T) {
	var points []stats.Point
	for i := range 50 {
		points = append(points, stats.Point{Trials: []bench.Trial{{Rate: 10000 + 100*float64(i)}}})
	}
	a := loadAxis(points)
	ticks, labelled := a.Thinned(chart.NarrowWidth), 0
	for _, tick := range ticks {
		if !tick.IsMinor() {
			labelled++
		}
	}
	if len(ticks) != 50 || labelled < 5 || labelled > 15 {
		t.Errorf("%d ticks, %d of them labelled, want 50 and about ten", len(ticks), labelled)
	}
	if len(a.Thinned(1e6)) != 50 || a.Ticks[1].Label == "" {
		t.Error("thinning changes the axis, or takes labels for which there is room")
	}
}

func TestLoadAxis(t *testing.T) {
	a := loadAxis([]stats.Point{{Trials: []bench.Trial{{Rate: 98.5, Multiple: 0.5}}}, {Trials: []bench.Trial{{Rate: 1970, Multiple: 10}}}})
	if len(a.Ticks) != 2 || a.Ticks[0].Label != "0.5 ×\n99" || a.Ticks[1].Label != "10 ×\n1,970" {
		t.Errorf("got ticks %v", a.Ticks)
	}
}

// TestRungWithoutAValidTrial has nothing measured: that is no throughput of nought.
func TestRungWithoutAValidTrial(t *testing.T) {
	s := &bench.Sizing{Best: 0, Rungs: []bench.Rung{{Workers: 1, Trials: 6}}}
	f := workerCurve(s)
	want := []string{"1", "0 of 6", noFigure, noFigure, noFigure, noFigure, noFigure}
	if got := f.Table.Rows[0]; !slices.Equal(got, want) || len(f.Panels) > 0 {
		t.Errorf("row %q with %d panels, want %q and nothing drawn", got, len(f.Panels), want)
	}
}
