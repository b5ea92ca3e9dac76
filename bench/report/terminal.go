package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// WriteTable writes r for a terminal: for each run the answer in its first line,
// then its figures as a table and what else there is to say, then what is invalid and what breached a gate.
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
		return checkTable(r)
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
	shedShare = measure{"shed", func(c stats.Point) chart.Mark {
		return pointOf(0, c.Each(func(t bench.Trial) float64 { return ratioOf(float64(t.Outcomes.Shed), float64(t.Offered)) }), false)
	}, formatShare}
	failedShare = measure{"failed", func(c stats.Point) chart.Mark {
		return pointOf(0, c.Each(func(t bench.Trial) float64 {
			return ratioOf(float64(t.Outcomes.Failed()-t.Outcomes.Shed), float64(t.Offered))
		}), false)
	}, formatShare}
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

func checkTable(r *bench.Run) grid {
	g := grid{Head: []string{"rate", "sent", "send lag p99", "generator CPU", "valid"}}
	for _, c := range openPoints(stats.Points(r)) {
		g.add(formatRate(c.Rate()), formatShare(c.Each(func(t bench.Trial) float64 { return t.Validity.RateRatio }).Median),
			formatTail(c.Quantile(0.99, stats.Lag)), formatShare(c.Each(func(t bench.Trial) float64 { return t.Generator.CPU }).Median),
			yesNo(c.Valid()))
	}
	return g
}

// repeats reports whether rows come in groups of the same first cell.
func repeats(rows [][]string) bool {
	for i := 1; i < len(rows); i++ {
		if rows[i][0] == rows[i-1][0] {
			return true
		}
	}
	return false
}

// render lays out g, with figures to the right and a line between servers.
func render(g grid) table.Writer {
	g = g.trimmed()
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	head := make(table.Row, len(g.Head))
	columns := make([]table.ColumnConfig, len(g.Head))
	for i, name := range g.Head {
		head[i] = name
		columns[i] = table.ColumnConfig{Number: i + 1, WidthMax: 60, WidthMaxEnforcer: text.WrapSoft}
		if g.Numeric(i) {
			columns[i].Align, columns[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(columns)
	for n, points := range g.Rows {
		if n > 0 && repeats(g.Rows) && points[0] != g.Rows[n-1][0] {
			t.AppendSeparator()
		}
		row := make(table.Row, len(points))
		for i, c := range points {
			row[i] = c
		}
		t.AppendRow(row)
	}
	return t
}
