package process

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"millpond/bench"
)

// The limits within which client and server agree on how many requests are under
// way, beside what chance makes of a few samples.
const (
	littleShare   = 0.10
	littleSlack   = 1.0 // requests: those on the wire
	littleSamples = 4
	// saturated is the part of its processors from which on a server leaves
	// requests in the kernel that it does not know of yet.
	saturated = 0.9
)

// CompareBacklog checks what the client had under way against the server's
// queue and busy workers at the same moments. Little's law (1961) makes them
// the same number, whatever the rate: rate × mean time in flight for the
// client, rate × mean time in queue and worker for the server. A server that
// claims more than was asked of it lies, unless it holds what clients have
// given up. If it knows of fewer while it serves everything and has processor
// time left, requests or answers were lying about on the generator's side.
// Servers without such metrics, and too few samples, prove nothing.
func CompareBacklog(t *bench.Trial, cores int) {
	var client, server, gaps []float64
	for _, x := range t.Usage.Samples {
		if x.At < 0 || x.At >= t.Duration || !x.Queue.Known() || !x.Busy.Known() || !x.InFlight.Known() {
			continue
		}
		held := x.Queue.Float() + x.Busy.Float()
		client, server = append(client, x.InFlight.Float()), append(server, held)
		gaps = append(gaps, held-x.InFlight.Float())
	}
	if len(gaps) < littleSamples {
		return
	}
	asked, held := stat.Mean(client, nil), stat.Mean(server, nil)
	gap, deviation := stat.MeanStdDev(gaps, nil)
	if asked > 0 {
		t.Validity.LittleResidual = bench.Known(math.Abs(gap) / asked)
	}
	allowed := max(littleShare*asked, littleSlack) + 3*stat.StdErr(deviation, float64(len(gaps)))
	calm := t.Outcomes.OK == t.Offered && t.Usage.CPU.Below(saturated*float64(cores))
	if gap > allowed && t.Outcomes.Timeout == 0 || -gap > allowed && calm {
		t.Validity.Reject("Little's law does not hold: the client had %.1f requests under way on average, the server knew of %.1f.", asked, held)
	}
}

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

// leastWork is the share of the processor time asked for that a server must have used:
// what a millisecond of work is was measured once, on a machine whose speed may vary.
const leastWork = 0.6

// CompareWork checks the processor time that a server used against what its good answers
// asked for, in seconds each on average. Who answers from a cache, or at once, has used
// less; so has a server whose work is done by a process that is not watched.
func CompareWork(t *bench.Trial, asked float64) {
	var answers float64
	for _, b := range t.Series {
		answers += float64(b.Outcomes.OK + b.Outcomes.Late)
	}
	used := t.Used().CPUSeconds.Float()
	if t.Fault != "" || !(used < leastWork*answers*asked) {
		return
	}
	t.Fault = "answered with less work than was asked for"
	t.Validity.Reject("The server used %.3g ms of processor time for each good answer, which asks for %.3g ms.", 1e3*used/answers, 1e3*asked)
}
