package report

import (
	"fmt"
	"io"
	"math"
	"strings"

	"millpond/bench/stats"
)

// comparedFormats write the figures that are compared.
var comparedFormats = map[string]func(float64) string{
	"goodput/s": formatRate, "p50 served": formatSeconds, "p99 served": formatSeconds, "peak memory": formatBytes,
}

// WriteComparison writes for a terminal what differs, and every figure; ~
// stands for a change that could be chance.
func WriteComparison(w io.Writer, c *stats.Comparison) error {
	lines := append([]string{comparisonVerdict(c.Differences), render(comparisonTable(c)).Render()}, c.Notes...)
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// comparisonTable holds every figure.
func comparisonTable(c *stats.Comparison) grid {
	g := grid{Head: []string{"what", "figure", "before", "after", "change", "p"}}
	for _, d := range c.Differences {
		change, p := "~", "too few pairs"
		switch {
		case d.Decidable && d.P < 0.001:
			p = "< 0.001"
		case d.Decidable:
			p = fmt.Sprintf("%.3f", d.P)
		}
		if d.Significant {
			change = ChangeOf(d)
		}
		format := comparedFormats[d.Metric]
		g.add(d.Name, d.Metric, formatEstimate(d.Before, format), formatEstimate(d.After, format), change, p)
	}
	return g
}

// comparisonVerdict is what a comparison found, in a sentence.
func comparisonVerdict(all []stats.Difference) string {
	decidable := 0
	var found []string
	for _, d := range all {
		if d.Decidable {
			decidable++
		}
		if d.Significant {
			found = append(found, fmt.Sprintf("%s has %s %s", d.Name, ChangeOf(d), d.Metric))
		}
	}
	switch {
	case decidable == 0:
		return "Too few pairs of trials to claim any difference: measure with --trials 4 or more, better 10."
	case len(found) == 0:
		return fmt.Sprintf("No difference: %s looked at, none changed more than chance would have it.", counted(decidable, "figure"))
	}
	return fmt.Sprintf("%s changed, out of %d: %s. (Were nothing different, some figure would seem so in %s of such comparisons.)",
		counted(len(found), "figure"), decidable, strings.Join(found, "; "), formatShare(stats.FalseAlarms))
}

// ChangeOf is a change in words: "12 % less [10 %, 14 %]".
func ChangeOf(d stats.Difference) string {
	switch {
	case math.IsInf(d.Change, 1):
		return "from nothing to some"
	case d.Change < 0:
		return fmt.Sprintf("%s less [%s, %s]", formatShare(-d.Change), formatShare(-d.High), formatShare(-d.Low))
	}
	return fmt.Sprintf("%s more [%s, %s]", formatShare(d.Change), formatShare(d.Low), formatShare(d.High))
}
