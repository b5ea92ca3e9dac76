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

// WriteComparison writes every difference for a terminal; ~ stands for one that could
// be chance.
func WriteComparison(w io.Writer, c *stats.Comparison) error {
	g := grid{Head: []string{"what", "figure", "before", "after", "change", "p"}}
	decidable, significant := 0, 0
	for _, d := range c.Differences {
		change, p := "~", "too few trials"
		if d.Decidable {
			decidable++
			p = fmt.Sprintf("%.3f", d.P)
		}
		if d.Significant {
			significant++
			change = ChangeOf(d)
		}
		format := comparedFormats[d.Metric]
		g.add(d.Name, d.Metric, formatEstimate(d.Before, format), formatEstimate(d.After, format), change, p)
	}
	var b strings.Builder
	b.WriteString(render(g).Render() + "\n")
	for _, n := range c.Notes {
		b.WriteString(n + "\n")
	}
	if decidable == 0 {
		b.WriteString("Too few trials to claim any difference: measure both with --trials 4 or more, better 6.\n")
	} else {
		fmt.Fprintf(&b, "%d of %d differences are significant (p < 0.05); among so many, about %d would be if nothing had changed.\n",
			significant, decidable, int(math.Round((1-stats.Confidence)*float64(decidable))))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ChangeOf is a change in words: "12 % less".
func ChangeOf(d stats.Difference) string {
	switch {
	case math.IsInf(d.Change, 1):
		return "from nothing"
	case d.Change < 0:
		return formatShare(-d.Change) + " less"
	}
	return formatShare(d.Change) + " more"
}
