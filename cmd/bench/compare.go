package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"millpond/bench"
	"millpond/bench/report"
	"millpond/bench/stats"
)

// compareCommand is "bench compare".
type compareCommand struct {
	gate
	Before string `arg:"" help:"report.json of the earlier measurement." type:"existingfile"`
	After  string `arg:"" help:"report.json of the later measurement." type:"existingfile"`
}

// gate turns a regression into an exit code.
type gate struct {
	FailOn *share `help:"Exit with 3 if a figure got worse by more than this share and chance is ruled out." placeholder:"5%"`
}

// Help says it to those who compare.
func (gate) Help() string { return exitHelp }

// share is a part of a whole, written in percent.
type share float64

// UnmarshalText parses "5%" or "5 %".
func (s *share) UnmarshalText(text []byte) error {
	number, percent := strings.CutSuffix(string(text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !percent || err != nil || !(v >= 0 && v <= 1000) {
		return fmt.Errorf("%q must be a share from 0%% to 1000%%, such as 5%%", text)
	}
	*s = share(v / 100)
	return nil
}

// Run prints the differences, and fails on those that --fail-on names.
func (c *compareCommand) Run(con *console) error {
	before, after, err := c.read()
	if err != nil {
		return usageError{err}
	}
	comparison, err := stats.Compare(before, after)
	if err != nil {
		return usageError{err}
	}
	if err := report.WriteComparison(con.stdout, comparison); err != nil {
		return err
	}
	return c.judge(con, comparison)
}

// judge fails on the regressions that --fail-on names.
func (g gate) judge(con *console, comparison *stats.Comparison) error {
	if g.FailOn == nil {
		return nil
	}
	worse, err := comparison.Regressions(float64(*g.FailOn))
	if err != nil {
		return usageError{fmt.Errorf("--fail-on: %w", err)}
	}
	for _, d := range worse {
		fmt.Fprintf(con.stdout, "WORSE %s: %s, %s\n", d.Name, d.Metric, report.ChangeOf(d))
	}
	if len(worse) > 0 {
		return errGate
	}
	return nil
}

func (c *compareCommand) read() (before, after *bench.Result, err error) {
	var faults [2]error
	before, faults[0] = readResult(c.Before)
	after, faults[1] = readResult(c.After)
	return before, after, errors.Join(faults[:]...)
}

func readResult(path string) (*bench.Result, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := bench.ReadResult(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
