package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"millpond/bench"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	keep   = flag.String("keep", "", "directory to write the page of every kind of run to, to be looked at")
)

// everyKind is a made-up result of bench all.
func everyKind() *bench.Result {
	r := madeUp(madeUpContrast(bench.Models, []float64{0.5, 0.9, 1.5, 3, 6, 10}, 1),
		madeUpPulse("pulse"), madeUpPulse("retry"), madeUpIdle(), madeUpSize(), madeUpCheck())
	r.Interrupted, r.Config.Quick = true, true
	r.Gates = []bench.Gate{
		{Expression: "p99<100ms", Trial: "contrast pool 0.5x", Value: bench.Known(0.04), Bound: 0.1, Passed: true},
		{Expression: "rss<16MiB", Trial: "contrast thread 10x", Value: bench.Known(1e9), Bound: 1 << 24},
	}
	r.Runs[0].Notes = []string{"A note with <angle brackets> & an ampersand."}
	return r
}

func htmlOf(t *testing.T, r *bench.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares got with a file in testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("%s differs from line %d on (go test -run %s -update writes it anew):\ngot  %.300s\nwant %.300s", path, i+1, t.Name(), gotLines[i], wantLines[i])
		}
	}
	t.Fatalf("%s has %d lines, want %d", path, len(gotLines), len(wantLines))
}

func TestHTMLGolden(t *testing.T) {
	golden(t, "report.golden.html", htmlOf(t, madeUp(madeUpContrast([]string{"pool", "thread"}, []float64{0.5, 3, 10}, 1))))
}

func TestHTMLOfEveryKind(t *testing.T) {
	page := htmlOf(t, everyKind())
	if *keep != "" {
		many := htmlOf(t, madeUp(madeUpContrast(append(bench.Models[:4:4], "aiohttp", "fasthttp", "haproxy"), []float64{0.5, 0.9, 1.5, 3, 6, 10}, 6)))
		for name, text := range map[string]string{"all.html": page, "many.html": many} {
			if err := os.WriteFile(filepath.Join(*keep, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if again := htmlOf(t, everyKind()); again != page {
		t.Error("the same result has other bytes the second time")
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, absent := range []string{"<script", "<link", "src=", "NaN", "+Inf", "%!", "ZgotmplZ"} {
		if strings.Contains(page, absent) {
			t.Errorf("the page contains %s", absent)
		}
	}
	for _, present := range []string{
		"Partial: the run was interrupted", "Illustration: --quick",
		"A note with &lt;angle brackets&gt; &amp; an ampersand.",
		"At 3\u00a0× capacity (591 requests/s) pool kept 99\u00a0% of capacity as goodput; goroutine kept", "BREACHED", "Little&#39;s law is off by 14 %",
		"Where it does not help, and where it costs", "had not recovered 15\u00a0s later, when the trial ended", "&gt; 15 s", "On 1 processor, for p99&lt;200ms, run 8 workers and a queue of 40",
		"can be trusted up to 64,000 requests/s", "prefers-color-scheme: dark", "@media print",
	} {
		if !strings.Contains(page, present) {
			t.Errorf("the page does not contain %s", present)
		}
	}
	figures, tables := strings.Count(page, "<figure>"), strings.Count(page, "<details>")
	if figures < 12 || figures != tables {
		t.Errorf("%d figures and %d tables of their numbers, want at least 12 of each", figures, tables)
	}
	if charts, labels := strings.Count(page, "<svg "), strings.Count(page, `role="img" aria-label="`); charts != labels {
		t.Errorf("%d charts, %d of them labelled", charts, labels)
	}
}

// TestHTMLOfLittle makes sure that results with next to nothing in them have a
// page.
func TestHTMLOfLittle(t *testing.T) {
	for name, r := range map[string]*bench.Result{
		"empty": {},
		"run of no trial": madeUp(bench.Run{Kind: "contrast"}, bench.Run{Kind: "pulse"}, bench.Run{Kind: "idle"}, bench.Run{Kind: "size"}, bench.Run{Kind: "check"}, bench.Run{Kind: "load"},
			bench.Run{Kind: "limit"}, bench.Run{Kind: "versus"}, bench.Run{Kind: "overload"}),
		"trials of zeros": madeUp(bench.Run{Kind: "contrast", Trials: []bench.Trial{{Server: "a"}, {Server: "b"}}}, bench.Run{Kind: "load", Trials: []bench.Trial{{Server: "a"}}},
			bench.Run{Kind: "size", Sizing: &bench.Sizing{}}, bench.Run{Kind: "check", Instrument: &bench.Instrument{}, Trials: []bench.Trial{{Rate: 5}}}),
		"everything failed": madeUp(bench.Run{Kind: "contrast", Capacity: 10, Trials: []bench.Trial{{Server: "pool", Multiple: 3, Rate: 30, Offered: 120, Outcomes: bench.Outcomes{Refused: 120}}}}),
		"one load":          madeUp(madeUpContrast([]string{"pool"}, []float64{3}, 1)),
		"below capacity":    madeUp(madeUpContrast(bench.Models, []float64{0.5, 0.9}, 6)),
		"unknown kind":      madeUp(bench.Run{Kind: "novel", Trials: []bench.Trial{{Server: "a", Rate: 5}}}),
	} {
		t.Run(name, func(t *testing.T) {
			page := htmlOf(t, r)
			for _, absent := range []string{"NaN", "Inf", "%!"} {
				if strings.Contains(page, absent) {
					t.Errorf("the page contains %s", absent)
				}
			}
		})
	}
}
