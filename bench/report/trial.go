package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"millpond/bench"
)

// WriteTrial writes t for a person at a terminal.
func WriteTrial(w io.Writer, t *bench.Trial) error {
	var b strings.Builder
	o := t.Outcomes
	fmt.Fprintf(&b, "  offered     %d in %.1f s (%.1f/s)\n", t.Offered, t.Duration, float64(t.Offered)/t.Duration)
	fmt.Fprintf(&b, "  goodput     %.1f/s: %d ok within %v, %.2f %% of what was offered\n",
		t.Goodput, o.OK, duration(t.Limit), 100*t.Attainment)
	fmt.Fprintf(&b, "  otherwise   late %d · shed %d · error %d · timeout %d · refused %d · reset %d · unsent %d\n",
		o.Late, o.Shed, o.Error, o.Timeout, o.Refused, o.Reset, o.Unsent)
	if t.Retries > 0 {
		fmt.Fprintf(&b, "  retries     %d\n", t.Retries)
	}
	fmt.Fprintf(&b, "\n  %-12s %9s %9s %9s %9s %9s %10s\n", "", "p50", "p90", "p99", "p99.9", "max", "count")
	for _, row := range []struct {
		name string
		h    bench.Histogram
	}{
		{"served", t.Latency.Served}, {"uncorrected", t.Latency.Uncorrected}, {"shed", t.Latency.Shed},
		{"send lag", t.Latency.Lag}, {"connect", t.Latency.Connect},
	} {
		if row.h.Count == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %-12s %9s %9s %9s %9s %9v %10d\n", row.name, percentile(row.h.P50), percentile(row.h.P90),
			percentile(row.h.P99), percentile(row.h.P999), duration(row.h.Max), row.h.Count)
	}
	all := "infinite: more than 1 % failed"
	if p := t.Latency.OfferedP99; p != nil {
		all = duration(*p).String()
	}
	fmt.Fprintf(&b, "  p99 over all offered: %s\n\n", all)
	fmt.Fprintf(&b, "  generator   %.0f %% CPU · %d connections at most, %d opened\n",
		100*t.Generator.CPU, t.Generator.PeakConnections, t.Generator.Dialled)
	if s := t.Usage; s != nil {
		fmt.Fprintf(&b, "  server      %.2f cores · %d threads · %.1f MiB RSS at most\n", s.CPU, s.PeakThreads, float64(s.PeakRSS)/(1<<20))
	}
	b.WriteString(validityText(t.Validity))
	_, err := io.WriteString(w, b.String())
	return err
}

// validityText says whether a trial can be believed.
func validityText(v bench.Validity) string {
	var b strings.Builder
	if v.Diverging {
		fmt.Fprintf(&b, "  diverging   there is no steady state: the backlog grows until clients give up\n")
	}
	if v.Valid {
		b.WriteString("  valid\n")
	}
	for _, reason := range v.Reasons {
		fmt.Fprintf(&b, "  INVALID     %s\n", reason)
	}
	return b.String()
}

// percentile shows a latency in seconds, or that there were too few to tell.
func percentile(s float64) string {
	if s == 0 {
		return "-"
	}
	return duration(s).String()
}

// duration turns seconds into a time with three significant digits.
func duration(s float64) time.Duration {
	d := time.Duration(s * 1e9)
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
