package bench

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestResultSurvivesJSON(t *testing.T) {
	h := NewHDR()
	for i := range int64(2000) {
		Record(h, i*1e6)
	}
	served, err := NewHistogram(h)
	if err != nil {
		t.Fatal(err)
	}
	want := &Result{
		SchemaVersion: SchemaVersion, Command: "bench load",
		Started: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC),
		Summary: map[string]Value{"load.goodput": Known(100), "load.p99_seconds": {}},
		Config:  Config{Seed: 7, Objectives: []string{"p99<100ms"}},
		Runs: []Run{{Kind: "load", Trials: []Trial{{
			Server: "here", Offered: 2000, Outcomes: Outcomes{OK: 2000},
			Latency: Latency{Served: served, Offered: OfferedPercentiles(h, 2000)},
		}}}},
	}
	var b bytes.Buffer
	if err := want.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadResult(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	back, err := got.Runs[0].Trials[0].Latency.Served.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if back.TotalCount() != 2000 || back.ValueAtQuantile(50) != h.ValueAtQuantile(50) {
		t.Errorf("decoded %d values with median %d, want 2000 with %d",
			back.TotalCount(), back.ValueAtQuantile(50), h.ValueAtQuantile(50))
	}
}

func TestReadResultRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ in, want string }{
		"text":        {"hello", "not a benchmark result"},
		"other JSON":  {`{"a":1}`, "no schema_version"},
		"the future":  {`{"schema_version":99}`, "use a newer one"},
		"end of file": {"", "not a benchmark result"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadResult(strings.NewReader(tc.in))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestPercentileOverAllOffered(t *testing.T) {
	h := NewHDR()
	for range 990 {
		Record(h, 5e6)
	}
	if p := OfferedQuantile(h, 1000, 0.99).Float(); p < 0.00499 || p > 0.00501 {
		t.Errorf("with 1 %% failures: got %v, want 5 ms", p)
	}
	if p := OfferedQuantile(h, 1001, 0.99); p != Infinite {
		t.Errorf("with more than 1 %% failures: got %+v, want infinite", p)
	}
	if p := OfferedQuantile(NewHDR(), 0, 0.99); p.Known() {
		t.Errorf("with no arrivals: got %+v, want none", p)
	}
}

func TestPercentileNeedsValuesAbove(t *testing.T) {
	h := NewHDR()
	for i := range int64(30) {
		Record(h, (i+1)*1e6)
	}
	got, err := NewHistogram(h)
	if err != nil {
		t.Fatal(err)
	}
	if !got.P90.Known() || got.P99.Known() || !got.Max.Known() {
		t.Errorf("30 values: p90 %+v, p99 %+v, maximum %+v; want the p99 unknown", got.P90, got.P99, got.Max)
	}
}
