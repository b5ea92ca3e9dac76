package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
)

// ends is an experiment that does what f does.
type ends = func(cancel func()) (bench.Run, error)

// finished is a run of one trial.
func finished(kind string, phases ...string) bench.Run {
	run := bench.Run{Kind: kind}
	for _, phase := range phases {
		run.Trials = append(run.Trials, bench.Trial{Server: "pool", Phase: phase, Loop: "open", Offered: 1, Outcomes: bench.Outcomes{OK: 1}, Validity: bench.Validity{Valid: true}})
	}
	return run
}

func TestWorkIsNeverLost(t *testing.T) {
	late := errors.New("the disk is full")
	good := func(func()) (bench.Run, error) { return finished("contrast", bench.PhaseCapacity, "3x"), nil }
	for _, c := range []struct {
		name        string
		second      ends
		kinds       []string
		interrupted bool
		failure     string
	}{
		{"a late error", func(func()) (bench.Run, error) { return finished("pulse", bench.PhaseCapacity), late }, []string{"contrast"}, false, late.Error()},
		{"a late error with trials", func(func()) (bench.Run, error) { return finished("pulse", "pulse"), late }, []string{"contrast", "pulse"}, false, late.Error()},
		{"a late mistake of the user", func(func()) (bench.Run, error) { return bench.Run{}, &bench.ConfigError{Err: late} }, []string{"contrast"}, false, late.Error()},
		{"an interrupt", func(cancel func()) (bench.Run, error) { cancel(); return bench.Run{Kind: "idle"}, context.Canceled }, []string{"contrast"}, true, ""},
		{"an interrupt after a trial", func(cancel func()) (bench.Run, error) {
			cancel()
			return finished("idle", "alone"), context.Canceled
		}, []string{"contrast", "idle"}, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			m := measure{output: output{Out: filepath.Join(t.TempDir(), "new")}}
			s := &session{suite: &experiment.Suite{}, result: &bench.Result{Started: time.Now()}}
			// What was missed before the end of a partial run is no verdict.
			slo, err := bench.ParseObjective("goodput>1000")
			if err != nil {
				t.Fatal(err)
			}
			s.slos = []bench.Objective{slo}
			var out strings.Builder
			third := 0
			err = m.perform(ctx, &console{stdout: &out, stderr: &out}, s,
				func(context.Context, *experiment.Suite) (bench.Run, error) { return good(cancel) },
				func(context.Context, *experiment.Suite) (bench.Run, error) { return c.second(cancel) },
				func(context.Context, *experiment.Suite) (bench.Run, error) { third++; return good(cancel) },
			)
			if err == nil || third > 0 {
				t.Fatalf("error %v, %d experiments after the end", err, third)
			}
			if c.failure != "" && !errors.Is(err, late) {
				t.Errorf("error %v, want %v", err, late)
			}
			r := result(t, m.Out)
			var kinds []string
			for _, run := range r.Runs {
				kinds = append(kinds, run.Kind)
			}
			if !slices.Equal(kinds, c.kinds) || r.Interrupted != c.interrupted || r.Failure != c.failure || len(r.Gates) != 0 {
				t.Errorf("the report has runs %v, interrupted %v, failure %q and %d gates", kinds, r.Interrupted, r.Failure, len(r.Gates))
			}
		})
	}
}

func TestNothingIsMeasuredThatCannotBeWritten(t *testing.T) {
	url, served := hello(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"load":     append([]string{"load", "--url", url, "--out", file}, short...),
		"headline": append([]string{"load", "--url", url, "--out", t.TempDir(), "--markdown", filepath.Join(file, "x.md")}, short...),
		"contrast": {"contrast", "--models=", "--target", "a=" + url, "--out", file},
	} {
		var out strings.Builder
		if code := run(t.Context(), args, &out, &out); code != exitUsage || !strings.Contains(out.String(), "reports cannot be written") {
			t.Errorf("%s: exit code %d: %s", name, code, out.String())
		}
	}
	if n := served.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}
