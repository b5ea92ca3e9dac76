package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"millpond/bench"
	"millpond/bench/stats"
)

// WriteTable writes r for a terminal: for each run the answer in its first
// line, then its figures as a table and what else there is to say, then what is
// invalid and what breached a gate.
func WriteTable(w io.Writer, r *bench.Result) error {
	var b strings.Builder
	if rows, all := rowsVerdict(r); rows != "" {
		fmt.Fprintf(&b, "%s\n\n%s\n\n", rows, render(all).Render())
	}
	for i := range r.Runs {
		run := &r.Runs[i]
		v := verdictOf(run)
		fmt.Fprintf(&b, "%s\n\n%s\n%s\n", v.Headline, title(run), render(tableOf(run)).Render())
		if run.Kind == "proxy" {
			fmt.Fprintf(&b, "%s\n", render(proxyTable(stats.Points(run))).Render())
		}
		for _, line := range slices.Concat(v.Points, v.Tradeoffs, run.Notes) {
			b.WriteString(line + "\n")
		}
		b.WriteByte('\n')
	}
	invalid, valid, all := validityTable(r.Runs)
	fmt.Fprintf(&b, "Of %s %s valid.\n", counted(all, "trial"), isOrAre(valid))
	if valid < all {
		b.WriteString(render(invalid).Render() + "\n")
	}
	if gates := gateTable(r.Gates); gates != nil {
		b.WriteString(render(*gates).Render() + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tableOf is the figures of r in brief.
func tableOf(r *bench.Run) grid {
	points := stats.Points(r)
	switch r.Kind {
	case "size":
		if r.Sizing != nil {
			return workerCurve(r.Sizing).Table
		}
	case "idle":
		return idleTable(points)
	case "pulse", "retry":
		return recoveryTable(points)
	case "check":
		return rungTable(rungs(r))
	case "overload", "proxy":
		return targetsTable(r.Targets)
	case "versus":
		if c, err := stats.Versus(r); err == nil {
			return comparisonTable(c)
		}
	}
	return sweepTable(points, goodputMeasure, servedMedian, servedTail, offeredTail, shedShare, failedShare,
		resourceMeasures[0], resourceMeasures[1])
}

var (
	shedShare   = ofTrials("shed", func(t bench.Trial) float64 { return ratioOf(float64(t.Outcomes.Shed), float64(t.Offered)) }, formatShare)
	failedShare = ofTrials("failed", func(t bench.Trial) float64 {
		return ratioOf(float64(t.Outcomes.Failed()-t.Outcomes.Shed), float64(t.Offered))
	}, formatShare)
)

func recoveryTable(points []stats.Point) grid {
	g := grid{Head: []string{"server", "recovered after", "lost after it", "offered", "in time", "peak memory", "peak threads", ""}}
	for _, c := range points {
		_, after, lost, ok := recoveryOf(c)
		if !ok {
			after = noFigure
		}
		o := c.Outcomes()
		g.add(c.Server, after, formatCount(lost), formatCount(o.Sum()), formatShare(ratioOf(float64(o.OK), float64(o.Sum()))),
			formatBytes(resourceMeasures[0].of(c).Y), formatRate(resourceMeasures[1].of(c).Y), remark(c))
	}
	return g
}
