package bench

import "strings"

const (
	// PhaseCapacity is the phase of the closed-loop trials that measure a
	// capacity.
	PhaseCapacity = "capacity"
	// PhaseConfirm begins the phases that confirm a sizing.
	PhaseConfirm = "confirm"
)

// Before and After are the servers of a run of kind versus.
const (
	Before = "before"
	After  = "after"
)

// Models are the concurrency models of millpond's own server, the one that a run
// is about first.
var Models = []string{"pool", "goroutine", "thread", "nethttp"}

// Main is the server that a run is about: the pool if it is there.
func (r *Run) Main() string {
	if len(r.Trials) == 0 {
		return ""
	}
	for _, t := range r.Trials {
		if t.Server == "pool" {
			return t.Server
		}
	}
	return r.Trials[0].Server
}

// Valid tells whether every trial of r can be believed, and the instrument if
// it was examined. Trials that go beyond a limit to find it need not be valid.
func (r *Result) Valid() bool {
	for _, run := range r.Runs {
		if run.Instrument != nil && run.Instrument.Fault() != "" {
			return false
		}
		for _, t := range run.Trials {
			if !t.Validity.Valid && !t.Search {
				return false
			}
		}
	}
	return true
}

// Summarise fills Summary from the trials: the mean over repeats of what CI
// wants to watch, under names such as "contrast.pool.3x.goodput". Latencies are
// in seconds, over all that was offered; of those, repeats give the worst, since
// percentiles have no mean. What a single repeat does not know is unknown.
func (r *Result) Summarise() {
	r.Summary = map[string]Value{}
	count := map[string]float64{}
	for _, run := range r.Runs {
		if run.Capacity > 0 {
			r.Summary[run.Kind+".capacity"] = Known(run.Capacity)
		}
		for i := range run.Trials {
			t := &run.Trials[i]
			prefix := summaryName(run, t)
			n := count[prefix]
			count[prefix]++
			for name, v := range map[string]Value{"goodput": Known(t.Goodput), "throughput": Known(t.Throughput), "attainment": t.Attainment} {
				r.Summary[prefix+name] = Known((r.Summary[prefix+name].Or(0)*n + v.Float()) / (n + 1))
			}
			for name, v := range map[string]Value{"p99_seconds": t.Latency.Offered.P99, "peak_rss_bytes": t.Used().PeakRSS} {
				if before := r.Summary[prefix+name]; n > 0 && !before.Known() || !v.Known() {
					r.Summary[prefix+name] = Value{}
				} else {
					r.Summary[prefix+name] = before.Highest(v)
				}
			}
		}
	}
}

// summaryName is the prefix of the summary's entries of a trial.
func summaryName(run Run, t *Trial) string {
	parts := []string{run.Kind}
	if run.Kind != "load" {
		parts = append(parts, t.Server)
	}
	if t.Phase != "" {
		parts = append(parts, strings.ReplaceAll(t.Phase, " ", "_"))
	}
	return strings.Join(parts, ".") + "."
}
