package bench

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// labels are the texts of an axis's ticks.
func labels(a axis) string {
	var all []string
	for _, t := range a.ticks {
		all = append(all, t.Label)
	}
	return strings.Join(all, " | ")
}

func TestAxes(t *testing.T) {
	infinite, row := logAxis("", []float64{0.01, 1}, formatSeconds).withInfinity()
	if row <= 1 || row > infinite.max {
		t.Errorf("the row of infinity is at %v, want between 1 and %v", row, infinite.max)
	}
	for _, c := range []struct {
		name, got, want string
	}{
		{"linear", labels(linearAxis("", 0, 230, formatRate)), "0 | 50 | 100 | 150 | 200"},
		{"linear over nothing", labels(linearAxis("", 0, 0, formatRate)), "0 | 0.2 | 0.4 | 0.6 | 0.8 | 1"},
		{"two decades", labels(logAxis("", []float64{0.02, 0.4}, formatSeconds)), "10 ms | 20 ms | 50 ms | 100 ms | 200 ms | 500 ms | 1 s"},
		{"many decades", labels(logAxis("", []float64{2e-6, 3}, formatSeconds)), "1 µs | 100 µs | 10 ms | 1 s"},
		{"nothing positive", labels(logAxis("", []float64{0, -1, math.NaN(), math.Inf(1)}, formatRate)), "1 | 2 | 5 | 10"},
		{"sizes far apart", labels(bytesAxis("", []float64{5 << 20, 300 << 20})), "4 MiB | 16 MiB | 64 MiB | 256 MiB | 1 GiB"},
		{"sizes close together", labels(bytesAxis("", []float64{15 << 20, 25 << 20})), "0 MiB | 10 MiB | 20 MiB"},
		{"infinity", labels(infinite), "10 ms | 20 ms | 50 ms | 100 ms | 200 ms | 500 ms | 1 s | ∞"},
		{"percentiles", labels(percentileAxis(0.9995)), "0 | 50 % | 90 % | 99 % | 99.9 %"},
		{"loads", labels(loadAxis([]cell{{trials: []Trial{{Rate: 98.5, Multiple: 0.5}}}, {trials: []Trial{{Rate: 1970, Multiple: 10}}}})), "0.5 ×\n99 | 10 ×\n1,970"},
	} {
		if c.got != c.want {
			t.Errorf("%s: ticks %q, want %q", c.name, c.got, c.want)
		}
	}
}

// TestLabelsDoNotTouch has 50 loads close together on one axis.
func TestLabelsDoNotTouch(t *testing.T) {
	var cells []cell
	for i := range 50 {
		cells = append(cells, cell{trials: []Trial{{Rate: 10000 + 100*float64(i)}}})
	}
	a := loadAxis(cells)
	ticks, labelled := a.thinned(narrowWidth), 0
	for _, tick := range ticks {
		if !tick.IsMinor() {
			labelled++
		}
	}
	if len(ticks) != 50 || labelled < 5 || labelled > 15 {
		t.Errorf("%d ticks, %d of them labelled, want 50 and about ten", len(ticks), labelled)
	}
	if len(a.thinned(1e6)) != 50 || a.ticks[1].Label == "" {
		t.Error("thinning changes the axis, or takes labels for which there is room")
	}
}

func TestPercentileScale(t *testing.T) {
	for _, c := range []struct{ q, want float64 }{{0, 0}, {0.9, 1. / 3}, {0.99, 2. / 3}, {0.999, 1}} {
		if got := (percentileScale{}).Normalize(0, 0.999, c.q); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v is at %v, want %v", c.q, got, c.want)
		}
	}
}

// TestChartIsWellFormed draws a curve with a gap, an invalid and a rough point,
// and a label that would break out of an attribute.
func TestChartIsWellFormed(t *testing.T) {
	k := curve{look: looks[0], points: []point{
		{x: 1, y: 1, dots: []float64{0.5, 1, 2}, low: 0.5, high: 2, interval: true}, {x: 2, y: 2, rough: true, interval: true, low: 1, high: 3},
		{x: 3, y: math.NaN()}, {x: 4, y: 3, invalid: true},
	}}
	c := chart{label: `a "quoted" <label> & more`, x: linearAxis("x", 0, 5, formatRate), y: linearAxis("y < 1", 0, 5, formatRate),
		layers: []plot.Plotter{diagonal{"y = x"}, level{3, "level"}, span{1, 2, grey, "span"}, upright{4, green, "here"}, k}, width: wideWidth, height: wideHeight}
	text := string(c.svg())
	if err := wellFormed(text); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
	for _, want := range []string{`role="img"`, `aria-label="a &#34;quoted&#34; &lt;label&gt; &amp; more"`, "viewBox", "y &lt; 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the chart does not contain %s", want)
		}
	}
	if got := len(k.unbroken()); got != 2 {
		t.Errorf("a curve with a gap has %d parts, want 2", got)
	}
	if again := string(c.svg()); again != text {
		t.Error("the same chart has other bytes the second time")
	}
}

func wellFormed(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// TestLooksDiffer checks that no two targets of a large comparison look alike.
func TestLooksDiffer(t *testing.T) {
	targets := append(modelOrder[:4:4], "a", "b", "c", "d", "e", "f", "g", "h", "i")
	seen := map[string]string{}
	for name, k := range looksOf(targets) {
		key := fmt.Sprint(k.color, k.dash, k.glyph(vg.Point{}, 1))
		if other, taken := seen[key]; taken {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[key] = name
	}
}
