package bench

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// WriteTable writes r for a terminal: for each run its verdict in words and its
// figures as a table, then what is invalid and what breached a gate.
func WriteTable(w io.Writer, r *Result) error {
	var b strings.Builder
	for i := range r.Runs {
		run := &r.Runs[i]
		fmt.Fprintf(&b, "%s\n%s\n", newSection(run, i).Title, render(run.table()).Render())
		v := run.verdict()
		for _, line := range append([]string{v.Headline}, append(v.Points, v.Costs...)...) {
			b.WriteString(line + "\n")
		}
		b.WriteByte('\n')
	}
	invalid, valid, all := validityTable(r.Runs)
	fmt.Fprintf(&b, "%d of %d trials are valid.\n", valid, all)
	if valid < all {
		b.WriteString(render(invalid).Render() + "\n")
	}
	if gates := gateTable(r.Gates); gates != nil {
		b.WriteString(render(*gates).Render() + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table is the figures of r in brief.
func (r *Run) table() grid {
	cells := r.cells()
	switch r.Kind {
	case "size":
		if r.Sizing != nil {
			return workerCurve(r.Sizing).Table
		}
	case "idle":
		return crowdTable(cells)
	case "pulse", "retry":
		return recoveryTable(cells)
	case "check":
		return checkTable(r)
	}
	return sweepTable(cells, goodputMeasure, servedMedian, servedTail, offeredTail, shedShare, failedShare,
		resourceMeasures[0], resourceMeasures[1])
}

var (
	shedShare = measure{"shed", func(c cell) point {
		return pointOf(0, c.each(func(t Trial) float64 { return ratioOf(float64(t.Outcomes.Shed), float64(t.Offered)) }), false)
	}, formatShare}
	failedShare = measure{"failed", func(c cell) point {
		return pointOf(0, c.each(func(t Trial) float64 {
			return ratioOf(float64(t.Outcomes.Failed()-t.Outcomes.Shed), float64(t.Offered))
		}), false)
	}, formatShare}
)

func recoveryTable(cells []cell) grid {
	g := grid{Head: []string{"target", "recovered after", "offered", "in time", "peak memory", "peak threads", ""}}
	for _, c := range cells {
		_, after, ok := c.recovery()
		if !ok {
			after = noFigure
		}
		o := c.outcomes()
		g.add(c.target, after, formatCount(o.Sum()), formatShare(ratioOf(float64(o.OK), float64(o.Sum()))),
			formatBytes(resourceMeasures[0].of(c).y), formatRate(resourceMeasures[1].of(c).y), remark(c))
	}
	return g
}

func checkTable(r *Run) grid {
	g := grid{Head: []string{"rate", "sent", "send lag p99", "generator CPU", "valid"}}
	for _, c := range openCells(r.cells()) {
		g.add(formatRate(c.rate()), formatShare(c.each(func(t Trial) float64 { return t.Validity.RateRatio }).median),
			formatTail(c.quantile(0.99, lagOf)), formatShare(c.each(func(t Trial) float64 { return t.Generator.CPU }).median),
			yesNo(c.valid()))
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

// render lays out g, with figures to the right and a line between targets.
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
	for n, cells := range g.Rows {
		if n > 0 && repeats(g.Rows) && cells[0] != g.Rows[n-1][0] {
			t.AppendSeparator()
		}
		row := make(table.Row, len(cells))
		for i, c := range cells {
			row[i] = c
		}
		t.AppendRow(row)
	}
	return t
}
