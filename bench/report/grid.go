package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// grid is a table of text.
type grid struct {
	Head []string
	Rows [][]string
}

func (g *grid) add(row ...string) { g.Rows = append(g.Rows, row) }

// trimmed leaves out the last column if there is nothing in it.
func (g grid) trimmed() grid {
	last := len(g.Head) - 1
	if last < 0 || slices.ContainsFunc(g.Rows, func(row []string) bool { return row[last] != "" }) {
		return g
	}
	t := grid{Head: g.Head[:last]}
	for _, row := range g.Rows {
		t.add(row[:last]...)
	}
	return t
}

// Numeric reports whether column i holds figures, which are aligned to the right.
func (g grid) Numeric(i int) bool {
	for _, row := range g.Rows {
		if first, _ := utf8.DecodeRuneInString(row[i]); !unicode.IsDigit(first) && !strings.ContainsRune("~∞–<>±−", first) {
			return false
		}
	}
	return true
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
	grouped := repeats(g.Rows)
	for n, cells := range g.Rows {
		if grouped && n > 0 && cells[0] != g.Rows[n-1][0] {
			t.AppendSeparator()
		}
		row := make(table.Row, len(cells))
		for i, cell := range cells {
			row[i] = cell
		}
		t.AppendRow(row)
	}
	return t
}
