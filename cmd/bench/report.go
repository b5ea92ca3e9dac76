package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"millpond/bench"
	"millpond/bench/report"
)

// report prints the result as a table, leaves report.json and report.html in the
// output directory, and where --markdown asks for it the headline with its chart
// beside it.
func (o *output) report(con *console, r *bench.Result) error {
	if len(r.Runs) != 1 || r.Runs[0].Kind != "load" { // a single load has printed itself
		if err := report.WriteTable(con.stdout, r); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return err
	}
	files := []reportFile{
		{filepath.Join(o.Out, "report.json"), r.WriteJSON},
		{filepath.Join(o.Out, "report.html"), func(w io.Writer) error { return report.WriteHTML(w, r) }},
	}
	if o.Markdown != "" {
		headline, err := o.headline(r)
		if err != nil {
			return err
		}
		files = append(files, headline...)
	}
	for _, f := range files {
		if err := f.create(); err != nil {
			return err
		}
		fmt.Fprintf(con.stdout, "wrote %s\n", f.path)
	}
	return nil
}

// headline is the Markdown file, and the chart that it shows if there is one.
func (o *output) headline(r *bench.Result) ([]reportFile, error) {
	path := strings.TrimSuffix(o.Markdown, filepath.Ext(o.Markdown)) + ".svg"
	var chart bytes.Buffer
	err := report.WriteChart(&chart, r)
	if errors.Is(err, report.ErrNoChart) {
		return []reportFile{{o.Markdown, func(w io.Writer) error { return report.WriteMarkdown(w, r, "") }}}, nil
	}
	return []reportFile{
		{o.Markdown, func(w io.Writer) error { return report.WriteMarkdown(w, r, filepath.Base(path)) }},
		{path, func(w io.Writer) error { _, err := chart.WriteTo(w); return err }},
	}, err
}

// reportFile is a file and what is to be in it.
type reportFile struct {
	path  string
	write func(io.Writer) error
}

func (f reportFile) create() error {
	file, err := os.Create(f.path)
	if err != nil {
		return err
	}
	if err := errors.Join(f.write(file), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return nil
}
