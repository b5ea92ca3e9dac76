package report

import (
	"fmt"
	"io"
	"strings"

	"millpond/bench"
)

// WriteTrial writes t for a person at a terminal: in its first line how the
// server did, and then what was done to it.
func WriteTrial(w io.Writer, t *bench.Trial, load string) error {
	var b strings.Builder
	o := t.Outcomes
	fmt.Fprintf(&b, "%s\n%s\n", trialVerdict(t), load)
	if t.GaveUp != "" {
		fmt.Fprintf(&b, "  ENDED EARLY %s\n", t.GaveUp)
	}
	fmt.Fprintf(&b, "  offered     %d in %.1f s (%.1f/s)\n", t.Offered, t.Duration, float64(t.Offered)/t.Duration)
	fmt.Fprintf(&b, "  goodput     %.1f/s: %d ok within %v, %s of what was offered\n",
		t.Goodput, o.OK, formatSeconds(t.Limit), formatShare(t.Attainment.Float()))
	fmt.Fprintf(&b, "  otherwise   late %d · shed %d · error %d · timeout %d · refused %d · reset %d · unsent %d\n",
		o.Late, o.Shed, o.Error, o.Timeout, o.Refused, o.Reset, o.Unsent)
	if statuses := t.StatusText(); statuses != "" {
		fmt.Fprintf(&b, "  statuses    %s\n", statuses)
	}
	if t.Retries > 0 {
		fmt.Fprintf(&b, "  retries     %d\n", t.Retries)
	}
	fmt.Fprintf(&b, "\n  %-12s %9s %9s %9s %9s %9s %9s %10s\n", "", "p50", "p90", "p95", "p99", "p99.9", "max", "count")
	for _, row := range []struct {
		name  string
		p     bench.Percentiles
		count int64
	}{
		{"all offered", t.Latency.Offered, t.Offered}, {"served", t.Latency.Served.Percentiles, t.Latency.Served.Count},
		{"uncorrected", t.Latency.Uncorrected.Percentiles, t.Latency.Uncorrected.Count},
		{"shed", t.Latency.Shed.Percentiles, t.Latency.Shed.Count}, {"send lag", t.Latency.Lag.Percentiles, t.Latency.Lag.Count},
		{"connect", t.Latency.Connect.Percentiles, t.Latency.Connect.Count},
	} {
		if row.count == 0 {
			continue
		}
		fmt.Fprintf(&b, "  %-12s", row.name)
		for _, v := range []bench.Value{row.p.P50, row.p.P90, row.p.P95, row.p.P99, row.p.P999, row.p.Max} {
			fmt.Fprintf(&b, " %9s", formatSeconds(v.Float()))
		}
		fmt.Fprintf(&b, " %10d\n", row.count)
	}
	b.WriteByte('\n')
	fmt.Fprintf(&b, "  generator   %.0f %% CPU · %s at most, %d opened\n",
		100*t.Generator.CPU, counted(t.Generator.PeakConnections, "connection"), t.Generator.Dialled)
	if s := t.Usage; s != nil {
		fmt.Fprintf(&b, "  server      %s cores · %s threads · %s RSS at most\n",
			significant(s.CPU.Float()), formatRate(s.PeakThreads.Float()), formatBytes(s.PeakRSS.Float()))
	}
	b.WriteString(validityText(t.Validity))
	_, err := io.WriteString(w, b.String())
	return err
}

// trialVerdict is how the server did, and before that why it may not be believed.
func trialVerdict(t *bench.Trial) string {
	doubt, served := strings.Join(t.Validity.Reasons[:min(1, len(t.Validity.Reasons))], ""), t.Outcomes.OK+t.Outcomes.Late
	switch {
	case t.Fault != "" && doubt != "" && served == 0 && t.Used().Died == "":
		return "FAULT: the server " + t.Fault + ", in a trial that is not valid: " + doubt
	case t.Fault != "":
		return "FAULT: the server " + t.Fault
	case t.Offered == 0 && doubt != "":
		return "INVALID: " + doubt
	}
	answer := fmt.Sprintf("The server answered %s of the requests in time", formatShare(t.Attainment.Float()))
	if t.Attainment.Or(0) < calmShare {
		answer = "The server " + failed(t.Outcomes)
	}
	if doubt != "" {
		answer = "INVALID: " + doubt + " " + answer
	}
	return answer
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
