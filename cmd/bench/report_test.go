package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"millpond/bench"
)

// TestReport checks which files a result leaves, and which of them name each
// other.
func TestReport(t *testing.T) {
	trial := bench.Trial{Server: "made-up", Phase: "3x", Multiple: 3, Rate: 30, Offered: 1, Outcomes: bench.Outcomes{OK: 1}, Goodput: 1}
	for _, c := range []struct {
		kind  string
		files []string
	}{
		{"contrast", []string{"report.json", "report.html", "headline.md", "headline.svg"}},
		{"size", []string{"report.json", "report.html", "headline.md"}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			dir := t.TempDir()
			o := output{Out: filepath.Join(dir, "new"), Markdown: filepath.Join(dir, "new", "headline.md")}
			var out strings.Builder
			r := &bench.Result{SchemaVersion: bench.SchemaVersion, Runs: []bench.Run{{Kind: c.kind, Trials: []bench.Trial{trial}}}}
			if err := o.report(&console{stdout: &out}, r); err != nil {
				t.Fatal(err)
			}
			entries, err := os.ReadDir(o.Out)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != len(c.files) {
				t.Errorf("%d files, want %v", len(entries), c.files)
			}
			for _, name := range c.files {
				content, err := os.ReadFile(filepath.Join(o.Out, name))
				if err != nil || len(content) == 0 {
					t.Errorf("%s: %d bytes, %v", name, len(content), err)
				}
				if !strings.Contains(out.String(), "wrote "+filepath.Join(o.Out, name)) {
					t.Errorf("the output does not name %s:\n%s", name, &out)
				}
			}
			markdown, err := os.ReadFile(o.Markdown)
			if err != nil {
				t.Fatal(err)
			}
			if shown := strings.Contains(string(markdown), "(headline.svg)"); shown != (c.kind == "contrast") {
				t.Errorf("the headline shows a chart: %v", shown)
			}
		})
	}
}
