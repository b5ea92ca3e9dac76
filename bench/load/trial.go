package load

import (
	"fmt"

	"millpond/bench"
)

// trial turns what was recorded into its final form, and judges it.
func (l Load) trial(r *recorder, g bench.Generator) *bench.Trial {
	length := bench.Seconds(r.until - r.warmup)
	t := &bench.Trial{
		Loop: "open", Arrivals: l.Arrivals.Shape, Concurrency: l.Concurrency,
		Duration: length, Timeout: l.Timeout.Seconds(), Limit: l.Limit.Seconds(),
		Workers: -1, Queue: -1,
		Offered: r.offered, Outcomes: r.outcomes, Retries: r.retries,
		Goodput:    float64(r.answered.ok) / length,
		Throughput: float64(r.answered.ok+r.answered.late) / length,
		Series:     r.series(), BinWidth: l.BinWidth.Seconds(), Generator: g,
	}
	if t.Arrivals == "" {
		t.Arrivals = Poisson
	}
	if l.Concurrency > 0 {
		t.Loop, t.Arrivals = "closed", ""
		t.Rate = float64(r.offered) / length
	} else {
		t.Rate = l.Arrivals.MeanAfter(l.Warmup)
	}
	if r.offered > 0 {
		t.Attainment = bench.Known(float64(r.outcomes.OK) / float64(r.offered))
	}
	t.Fault = r.fault()
	if r.classes > 1 && r.classes <= mostClasses {
		t.ByRequest = r.byClass[:r.classes]
	}
	t.Statuses = map[int]int64{}
	for status, n := range r.statuses {
		if n > 0 {
			t.Statuses[status] = n
		}
	}
	if statuses := t.StatusText(); statuses != "" && t.Fault != "" {
		t.Fault += " (status " + statuses + ")"
	}
	t.Generator.PeakConnections, t.Generator.Dialled = r.peakOpen, r.dialled
	t.Generator.Attempts, t.Generator.Answers = r.attempts, r.answers
	t.Generator.InFlight = r.meanInFlight()
	t.Phases = l.Arrivals.Phases(l.Warmup)
	err := r.fill(&t.Latency)
	t.Latency.Offered = bench.OfferedPercentiles(r.latencies[served], r.offered)
	t.Validity = judgeTrial(t, r)
	if err != nil {
		t.Validity.Reject("A distribution is missing: %v.", err)
	}
	return t
}

// fault says that nothing was served, and why; empty if something was.
func (r *recorder) fault() string {
	switch o := r.outcomes; {
	case r.offered == 0 || o.OK+o.Late > 0:
		return ""
	case o.Unsent == r.offered:
		return fmt.Sprintf("was sent nothing: %v", r.failure)
	case r.broken != nil:
		return fmt.Sprintf("served nothing: %s (%v)", o.Failures(), r.broken)
	default:
		return "served nothing: " + o.Failures()
	}
}
