package process

import "millpond/bench"

// Counters of client and server may differ by what is under way when they are
// read.
const (
	agreeShare = 0.01
	agreeSlack = 20
)

// CompareCounters checks a trial against the server's own counters, as scraped
// before and after it. A server that has none, or is too busy to tell, proves
// nothing.
func CompareCounters(t *bench.Trial, before, after Scrape) {
	if n, ok := grown(before, after, metricMallocs); ok {
		t.Usage.Allocations = bench.Known(n)
	}
	if n, ok := grown(before, after, metricRequests); ok {
		low := float64(t.Generator.Answers)*(1-agreeShare) - agreeSlack
		high := float64(t.Generator.Attempts)*(1+agreeShare) + agreeSlack + scrapes(t)
		if n < low || n > high {
			t.Fault = "counts otherwise than its clients"
			t.Validity.Reject("The counters disagree: the server says it answered %.0f requests, the client sent %d and got %d answers.",
				n, t.Generator.Attempts, t.Generator.Answers)
		}
	}
	n, ok := grown(before, after, metricSheds)
	if !ok {
		return
	}
	t.Usage.Sheds = bench.Known(n)
	var sheds int64
	for _, b := range t.Series {
		sheds += b.Outcomes.Shed
	}
	if n < float64(sheds)*(1-agreeShare)-agreeSlack {
		t.Fault = "counts otherwise than its clients"
		t.Validity.Reject("The counters disagree: the server says it shed %.0f requests, the client saw %d.", n, sheds)
	}
}

// scrapes is how often the server was asked for its metrics during a trial, which
// it counts too.
func scrapes(t *bench.Trial) float64 {
	return (float64(len(t.Series))*t.BinWidth + t.Timeout) / sampleEvery.Seconds()
}

// grown is by how much a counter grew between two scrapes. A counter that is in
// the second only started at 0.
func grown(before, after Scrape, name string) (float64, bool) {
	n, ok := after[name]
	if before == nil || !ok {
		return 0, false
	}
	return n - before[name], true
}
