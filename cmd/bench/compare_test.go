package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"millpond/bench"
)

// write leaves a made-up result with the given goodputs, one a trial.
func write(t *testing.T, goodputs ...float64) string {
	t.Helper()
	r := bench.Result{SchemaVersion: bench.SchemaVersion, Runs: []bench.Run{{Kind: "load"}}}
	for i, g := range goodputs {
		r.Runs[0].Trials = append(r.Runs[0].Trials, bench.Trial{Server: "made-up", Repeat: i + 1, Goodput: g, Validity: bench.Validity{Valid: true}})
	}
	path := filepath.Join(t.TempDir(), "report.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := r.WriteJSON(f); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCompareExitCodes(t *testing.T) {
	before, slower := write(t, 100, 101, 102, 103, 104, 105), write(t, 80, 81, 82, 83, 84, 85)
	single := write(t, 100)
	garbage := filepath.Join(t.TempDir(), "garbage.json")
	if err := os.WriteFile(garbage, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{before, slower}, exitOK, "20 % less"},
		{[]string{before, slower, "--fail-on=5%"}, exitGate, "WORSE load made-up"},
		{[]string{before, slower, "--fail-on=30 %"}, exitOK, "20 % less"},
		{[]string{slower, before, "--fail-on=5%"}, exitOK, "24 % more"},
		{[]string{single, single}, exitOK, "Too few pairs"},
		{[]string{single, single, "--fail-on=5%"}, exitUsage, "--trials 4"},
		{[]string{before, slower, "--fail-on=5"}, exitUsage, "such as 5%"},
		{[]string{before, garbage}, exitUsage, "no schema_version"},
		{[]string{before, "/nowhere.json"}, exitUsage, "/nowhere.json"},
	} {
		var out strings.Builder
		code := run(t.Context(), append([]string{"compare"}, c.args...), &out, &out)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: exit code %d, want %d; output %q, want it to contain %q", fmt.Sprint(c.args), code, c.code, out.String(), c.want)
		}
	}
}
