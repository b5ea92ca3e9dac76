package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"millpond/bench"
)

func formatRate(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func formatSeconds(v float64) string { return time.Duration(math.Round(v * 1e9)).String() }

func formatBytes(v float64) string { return strconv.FormatFloat(v/(1<<20), 'f', -1, 64) + " MiB" }

// labels are the texts of an axis's ticks.
func labels(a Axis) string {
	var all []string
	for _, t := range a.Ticks {
		if !t.IsMinor() {
			all = append(all, t.Label)
		}
	}
	return strings.Join(all, " | ")
}

func TestAxes(t *testing.T) {
	infinite, row := LogAxis("", []float64{0.01, 1}, formatSeconds).WithInfinity()
	if row <= 1 || row > infinite.Max {
		t.Errorf("the row of infinity is at %v, want between 1 and %v", row, infinite.Max)
	}
	for _, c := range []struct {
		name, got, want string
	}{
		{"linear", labels(LinearAxis("", 0, 230, formatRate)), "0 | 50 | 100 | 150 | 200"},
		{"linear over nothing", labels(LinearAxis("", 0, 0, formatRate)), "0 | 0.2 | 0.4 | 0.6000000000000001 | 0.8 | 1"},
		{"two decades", labels(LogAxis("", []float64{0.02, 0.4}, formatSeconds)), "10ms | 100ms | 1s"},
		{"many decades", labels(LogAxis("", []float64{2e-6, 3}, formatSeconds)), "1µs | 10µs | 100µs | 1ms | 10ms | 100ms | 1s | 10s"},
		{"nothing positive", labels(LogAxis("", []float64{0, -1, math.NaN(), math.Inf(1)}, formatRate)), "1 | 10"},
		{"sizes far apart", labels(BytesAxis("", []float64{5 << 20, 300 << 20}, formatBytes)), "0 MiB | 100 MiB | 200 MiB | 300 MiB"},
		{"sizes close together", labels(BytesAxis("", []float64{15 << 20, 25 << 20}, formatBytes)), "0 MiB | 10 MiB | 20 MiB"},
		{"infinity", labels(infinite), "10ms | 100ms | 1s | ∞"},
		{"percentiles", labels(PercentileAxis(0.9995)), "0 | 50 % | 90 % | 99 % | 99.9 %"},
	} {
		if c.got != c.want {
			t.Errorf("%s: ticks %q, want %q", c.name, c.got, c.want)
		}
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
	k := Curve{Look: Looks[0], Points: []Mark{
		{X: 1, Y: 1, Dots: []float64{0.5, 1, 2}, Low: 0.5, High: 2, Interval: true}, {X: 2, Y: 2, Rough: true, Interval: true, Low: 1, High: 3},
		{X: 3, Y: math.NaN()}, {X: 4, Y: 3, Invalid: true},
	}}
	c := Chart{Label: `a "quoted" <label> & more`, X: LinearAxis("x", 0, 5, formatRate), Y: LinearAxis("y < 1", 0, 5, formatRate),
		Layers: []plot.Plotter{Diagonal{"y = x"}, Level{3, "level"}, Span{1, 2, Grey, "span"}, Upright{4, Green, "here"}, k}, Width: WideWidth, Height: WideHeight}
	text := string(c.SVG())
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
	if again := string(c.SVG()); again != text {
		t.Error("the same chart has other bytes the second time")
	}
}

// TestLooksDiffer checks that no two servers of a large comparison look alike.
func TestLooksDiffer(t *testing.T) {
	servers := append(bench.Models[:4:4], "a", "b", "c", "d", "e", "f", "g", "h", "i")
	seen := map[string]string{}
	for name, k := range LooksOf(servers) {
		key := fmt.Sprint(k.Color, k.dash, k.shape(vg.Point{}, 1))
		if other, taken := seen[key]; taken {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[key] = name
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
