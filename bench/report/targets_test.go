package report

import (
	"strings"
	"testing"

	"millpond/bench"
)

func TestTargets(t *testing.T) {
	run := madeUpContrast([]string{"workers 8", "haproxy"}, []float64{0.5, 3}, 1)
	run.Kind = "overload"
	run.Targets = []bench.Target{
		{Row: 1, Name: "goodput", Unit: "share", Bound: 0.95, Met: true,
			Reached: bench.Reached{Server: "workers 8", Phase: "3x", Value: bench.Known(0.97), Low: bench.Known(0.96), High: bench.Known(0.98), Trials: 5},
			Beside:  []bench.Reached{{Server: "fifo 512", Phase: "3x", Value: bench.Known(0.01), Trials: 1}, {Server: "haproxy", Phase: "3x", Value: bench.Known(0.99), Trials: 1}}},
		{Row: 4, Name: "p50 served", Unit: "seconds", Less: true, Bound: 0.025, Reached: bench.Reached{Server: "workers 8", Phase: "10x", Value: bench.Known(0.127), Trials: 1}},
		{Row: 9, Name: "the modest", Unit: "share", Bound: 0.99, Why: "it was not measured"},
	}
	r := madeUp(run)
	var table, page strings.Builder
	if err := WriteTable(&table, r); err != nil {
		t.Fatal(err)
	}
	if err := WriteHTML(&page, r); err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(table.String(), "\n")
	if want := "1 of 3 targets met; row 4, p50 served: missed by 102 ms; row 9, the modest: not known: it was not measured."; !strings.Contains(first, want) {
		t.Errorf("the first line is %q, want %q in it", first, want)
	}
	for _, want := range []string{"≤ 25 ms", "127 ms", "workers 8 at 10x", "missed by 102 ms", "≥ 95 %", "97 % (96 % … 98 %)", "fifo 512 at 3x: 1 %, a miss; haproxy at 3x: 99 %"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table does not have %q:\n%s", want, table.String())
		}
	}
	if !strings.Contains(page.String(), "missed by 102") || !strings.Contains(page.String(), "Goodput against offered load") {
		t.Error("the page has not the targets and the chart")
	}
}

func TestLimitAndVersus(t *testing.T) {
	limit := bench.Run{Kind: "limit", Workload: "/", Limit: &bench.Limit{Objectives: []string{"p99<200ms"}, Rate: bench.Known(180), LostAt: bench.Known(190),
		Lost: &bench.Gate{Expression: "p99<200ms", Trial: "pool 190/s", Value: bench.Known(0.34), Bound: 0.2}}}
	none := limit
	none.Limit = &bench.Limit{Objectives: []string{"p99<200ms"}, Why: "no trial was valid"}
	versus := madeUpContrast([]string{bench.Before, bench.After}, []float64{0.5, 3}, 6)
	versus.Kind = "versus"
	for _, c := range []struct {
		run  bench.Run
		says string
	}{
		{limit, "The server keeps p99<200ms up to 180 requests/s; at 190/s p99<200ms was lost"},
		{none, "No rate was found at which the server keeps p99<200ms: no trial was valid"},
		{versus, "figures looked at"},
	} {
		var table, page strings.Builder
		if err := WriteTable(&table, madeUp(c.run)); err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(table.String(), "\n"); !strings.Contains(first, c.says) && !strings.Contains(first, "changed") {
			t.Errorf("%s begins with %q, want %q in it", c.run.Kind, first, c.says)
		}
		if err := WriteHTML(&page, madeUp(c.run)); err != nil {
			t.Errorf("%s: %v", c.run.Kind, err)
		}
	}
}

func invalid(why string) bench.Validity { return bench.Validity{Reasons: []string{why}} }

// The first line of a load says how the server did, before anything else.
func TestFirstLineOfATrial(t *testing.T) {
	for says, trial := range map[string]bench.Trial{
		"FAULT: the server died: exit status 2": {Fault: "died: exit status 2"},
		"The server answered only 50 % of the requests in time (3 late answers and 2 broken connections)": {
			Offered: 10, Attainment: bench.Known(0.5), Outcomes: bench.Outcomes{OK: 5, Late: 3, Reset: 2}},
		"The server answered 100 % of the requests in time": {Offered: 10, Attainment: bench.Known(1), Outcomes: bench.Outcomes{OK: 10}},
		"INVALID: 90 % were not sent. The server answered only 10 % of the requests in time (9 unsent requests)": {
			Offered: 10, Attainment: bench.Known(0.1), Outcomes: bench.Outcomes{OK: 1, Unsent: 9}, Validity: invalid("90 % were not sent.")},
		"FAULT: the server served nothing: 9 timeouts, in a trial that is not valid: Others used 90 %.": {
			Offered: 9, Outcomes: bench.Outcomes{Timeout: 9}, Fault: "served nothing: 9 timeouts", Validity: invalid("Others used 90 %.")},
		"INVALID: Nothing was offered.": {Validity: invalid("Nothing was offered.")},
	} {
		var b strings.Builder
		if err := WriteTrial(&b, &trial, "a load"); err != nil || !strings.HasPrefix(b.String(), says+"\na load\n") {
			t.Errorf("error %v, and it begins %.150q, want %q", err, b.String(), says)
		}
	}
}

// A run without a trial of a server says so first.
func TestFirstLineWhereAServerRefused(t *testing.T) {
	run := madeUpContrast([]string{"pool"}, []float64{0.5}, 1)
	run.Kind, run.Refused = "idle", []string{"pool did not take the connections in the background: connection refused"}
	var b strings.Builder
	if err := WriteTable(&b, madeUp(run)); err != nil || !strings.HasPrefix(b.String(), run.Refused[0]+". ") {
		t.Errorf("error %v, and it begins %.150q", err, b.String())
	}
}
