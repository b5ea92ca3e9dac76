package report

import (
	"errors"
	"strings"
	"testing"

	"millpond/bench"
)

func TestTextGolden(t *testing.T) {
	r := madeUp(madeUpContrast([]string{"pool", "thread"}, []float64{0.5, 3, 10}, 1), madeUpPulse("retry"), madeUpSize())
	r.Gates = []bench.Gate{{Expression: "goodput>150", Trial: "contrast pool 3x", Value: bench.Known(193.5), Bound: 150, Passed: true}}
	var text, markdown, chart strings.Builder
	if err := WriteTable(&text, r); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&markdown, r, "chart.svg"); err != nil {
		t.Fatal(err)
	}
	if err := WriteChart(&chart, r); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.golden.txt", text.String())
	golden(t, "table.golden.md", markdown.String())
	golden(t, "chart.golden.svg", chart.String())
	if err := wellFormed(chart.String()); err != nil {
		t.Errorf("the chart is not XML: %v", err)
	}
}

func TestChartNeedsContrast(t *testing.T) {
	if err := WriteChart(&strings.Builder{}, madeUp(madeUpSize())); !errors.Is(err, ErrNoChart) {
		t.Errorf("a chart of a result without a contrast: error %v, want ErrNoChart", err)
	}
}

func TestTextOfLittle(t *testing.T) {
	for _, r := range []*bench.Result{{}, madeUp(bench.Run{Kind: "contrast"}, bench.Run{Kind: "idle"}, bench.Run{Kind: "pulse"}, bench.Run{Kind: "check"}, bench.Run{Kind: "size"})} {
		var b strings.Builder
		if err := WriteTable(&b, r); err != nil {
			t.Fatal(err)
		}
		if err := WriteMarkdown(&b, r, ""); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "%!") {
			t.Errorf("NaN or a wrong format in:\n%s", b.String())
		}
	}
}
