package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"millpond/bench"
	"millpond/bench/report"
)

// objectives parses the --slo flags and reports every fault.
func (o *output) objectives() ([]bench.Objective, error) {
	var slos []bench.Objective
	var errs []error
	for _, s := range o.SLO {
		slo, err := bench.ParseObjective(s)
		slos, errs = append(slos, slo), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usageError{err}
	}
	return slos, nil
}

// prepare makes the directories that the reports go to, before hours are spent
// on what could then not be written.
func (o *output) prepare() error {
	dirs := []string{o.Out}
	if o.Markdown != "" {
		dirs = append(dirs, filepath.Dir(o.Markdown))
	}
	for _, dir := range dirs {
		err := os.MkdirAll(dir, 0o755)
		if err == nil {
			var probe *os.File
			if probe, err = os.CreateTemp(dir, ".bench-*"); err == nil {
				err = errors.Join(probe.Close(), os.Remove(probe.Name()))
			}
		}
		if err != nil {
			return usageError{fmt.Errorf("reports cannot be written to %q: give another --out or --markdown: %w", dir, err)}
		}
	}
	return nil
}

// deliver completes a result, writes it, and says how it fared.
func (o *output) deliver(ctx context.Context, con *console, r *bench.Result, slos []bench.Objective) error {
	r.SchemaVersion = bench.SchemaVersion
	r.Command = "bench " + strings.Join(con.args, " ")
	r.Elapsed = time.Since(r.Started).Seconds()
	r.Interrupted = ctx.Err() != nil
	r.Summarise()
	var gateErr error
	if !r.Interrupted && r.Failure == "" {
		gateErr = r.Judge(slos)
	}
	if err := o.report(con, r); err != nil {
		return err
	}
	if r.Interrupted {
		return ctx.Err()
	}
	if r.Failure != "" {
		return nil
	}
	for _, g := range r.Gates {
		if !g.Passed {
			fmt.Fprintf(con.stdout, "MISSED %s: %s\n", g.Expression, report.Missed(g))
		}
	}
	if gateErr != nil {
		return usageError{gateErr}
	}
	return fared(r, o.Strict)
}
