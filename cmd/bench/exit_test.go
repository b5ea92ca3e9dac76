package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"millpond/bench"
)

// TestExitCodeOfAResult holds every kind of run against the one rule.
func TestExitCodeOfAResult(t *testing.T) {
	valid := bench.Validity{Valid: true}
	good := bench.Trial{Offered: 1, Outcomes: bench.Outcomes{OK: 1}, Validity: valid}
	doubtful := bench.Trial{Offered: 1, Outcomes: bench.Outcomes{OK: 1}, Validity: bench.Validity{Reasons: []string{"Busy."}}}
	lied := bench.Trial{Offered: 1, Outcomes: bench.Outcomes{OK: 1}, Fault: "counts otherwise", Validity: valid}
	drowned := bench.Trial{Offered: 1, Multiple: 10, Outcomes: bench.Outcomes{Timeout: 1}, Fault: "served nothing: 1 timeout", Validity: valid}
	died := drowned
	died.Usage = &bench.Usage{Died: "exit status 2"}
	unsent := bench.Trial{Offered: 1, Outcomes: bench.Outcomes{Unsent: 1}, Fault: "was sent nothing", Validity: doubtful.Validity}
	tried := lied
	tried.Search = true
	missed := []bench.Gate{{Expression: "p99<1ms"}}
	run := func(trials ...bench.Trial) bench.Run { return bench.Run{Kind: "contrast", Trials: trials} }
	sizing := func(kept bool, trials ...bench.Trial) bench.Run {
		return bench.Run{Sizing: &bench.Sizing{Tried: []bench.Tried{{Kept: kept}}}, Trials: trials}
	}
	limit := func(l bench.Limit) bench.Run { return bench.Run{Limit: &l, Trials: []bench.Trial{drowned}} }
	for name, c := range map[string]struct {
		runs   []bench.Run
		gates  []bench.Gate
		strict bool
		want   int
	}{
		"all is well":                    {runs: []bench.Run{run(good)}, want: exitOK},
		"doubtful":                       {runs: []bench.Run{run(doubtful)}, want: exitOK},
		"doubtful, strictly":             {runs: []bench.Run{run(doubtful)}, gates: missed, strict: true, want: exitInvalid},
		"an objective":                   {runs: []bench.Run{run(lied)}, gates: missed, want: exitGate},
		"lied":                           {runs: []bench.Run{run(good, lied)}, want: exitFailed},
		"died far beyond capacity":       {runs: []bench.Run{run(good, died)}, want: exitFailed},
		"drowned far beyond capacity":    {runs: []bench.Run{run(good, drowned)}, want: exitOK},
		"lied in a search":               {runs: []bench.Run{run(good, tried)}, want: exitOK},
		"nothing sent":                   {runs: []bench.Run{run(unsent)}, want: exitInvalid},
		"refused the background":         {runs: []bench.Run{{Kind: "idle", Refused: []string{"pool did not"}}}, want: exitFailed},
		"a size":                         {runs: []bench.Run{sizing(true, lied)}, want: exitOK},
		"no size":                        {runs: []bench.Run{sizing(false, good)}, want: exitGate},
		"no size to be believed":         {runs: []bench.Run{sizing(false, doubtful)}, want: exitInvalid},
		"a limit":                        {runs: []bench.Run{limit(bench.Limit{Rate: bench.Known(1)})}, want: exitOK},
		"no limit":                       {runs: []bench.Run{limit(bench.Limit{Lost: &bench.Gate{}})}, want: exitGate},
		"no limit to be believed":        {runs: []bench.Run{limit(bench.Limit{})}, want: exitInvalid},
		"a target missed by a rival's":   {runs: []bench.Run{{Targets: []bench.Target{{Met: true}}, Trials: []bench.Trial{died}}}, want: exitOK},
		"a target missed":                {runs: []bench.Run{{Targets: []bench.Target{{}}}}, want: exitGate},
		"the instrument failed":          {runs: []bench.Run{{Instrument: &bench.Instrument{}}}, want: exitInvalid},
		"a fault and a doubt and a miss": {runs: []bench.Run{run(lied), run(unsent), sizing(false, good)}, want: exitGate},
		"a fault and a doubt":            {runs: []bench.Run{run(lied), run(unsent)}, want: exitInvalid},
	} {
		err := fared(&bench.Result{Runs: c.runs, Gates: c.gates}, c.strict)
		if code := exitCode(t.Context(), err); code != c.want {
			t.Errorf("%s: exit code %d (%v), want %d", name, code, err, c.want)
		}
	}
}

func TestExitCodeOfAnError(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		err  error
		want int
	}{
		{t.Context(), fmt.Errorf("load: %w", usageError{errors.New("no such flag")}), exitUsage},
		{t.Context(), errors.New("disk full"), exitFailed},
		{over, context.Canceled, exitInterrupted},
		{over, nil, exitOK},
	} {
		if code := exitCode(c.ctx, c.err); code != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, code, c.want)
		}
	}
}

func TestHelpTellsExitCodes(t *testing.T) {
	for _, command := range []string{"contrast", "pulse", "retry", "idle", "size", "load", "overload", "proxy", "limit", "compare", "versus", "check", "all"} {
		var out bytes.Buffer
		if run(t.Context(), []string{command, "--help"}, &out, &out); !strings.Contains(out.String(), "Exit codes: 0 all is well") {
			t.Errorf("%s --help does not tell the exit codes", command)
		}
	}
}
