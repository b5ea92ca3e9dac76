package report

import (
	"fmt"

	"millpond/bench"
)

// method says how the figures came about: what each kind of run does, and what
// holds for all of them.
func method(r *bench.Result) []string {
	var lines []string
	seen := map[string]bool{}
	for _, run := range r.Runs {
		if text := kinds[run.Kind].method; text != "" && !seen[run.Kind] {
			seen[run.Kind] = true
			lines = append(lines, text)
		}
	}
	return append(lines, commonMethod(r)...)
}

// commonMethod is what holds for every run, with what r knows about it.
func commonMethod(r *bench.Result) []string {
	return []string{
		fmt.Sprintf("In an open loop the moment of every request was drawn beforehand from seed %d, the same moments for every server, "+
			"and requests leave at their moments whatever the server does. In a closed loop a client sends its next request when the last has ended.", r.Config.Seed),
		"Latency runs from the moment a request was meant to leave, and so does the time after which a client gives up. " +
			"A busy generator or a wait for a free connection therefore counts as latency; it is never subtracted.",
		"Rates count answers when they come. Beyond capacity the warm-up lasts until the wait of an unbounded queue has passed the patience of the clients, since before that every server looks well.",
		"Every request ends in exactly one outcome, and outcomes add up to what was offered. Latencies of served and of refused requests are kept apart.",
		"A server that the benchmark starts is a fresh process in each trial, on cores that the generator does not use where there are two or more; the order of trials is random, so that a drift of the machine hits all servers alike.",
		"What was not measured is shown as –, never as 0, and keeps no objective. Under six trials a report shows the trials and their range and claims nothing. From six on it shows medians with a 95 % confidence interval from order statistics, and two servers are compared trial by trial, those with the same schedule, by a paired t-test corrected for the number of figures (Holm). " +
			"A percentile over several trials is the median of the trials' own percentiles, and its interval that of this median.",
		"A trial is invalid when the generator sent less than 99 % of what it should, when its send-time error could show in the tail, when it used more than 85 % of its CPU, " +
			"when Little's law does not hold between what the client had under way and the server's queue and busy workers, or when the counters of client and server disagree. Invalid points are struck out, invalid bars hatched, and all are listed; none is left out.",
	}
}

// glossary explains every term that a chart uses.
var glossary = []pair{
	{"Offered load", "Requests per second that clients want answered, whether or not they are."},
	{"Capacity", "Requests per second that the pool answers in closed loop, with every worker busy; multiples of load refer to it."},
	{"Goodput", "Answers with status 2xx within the limit that came in the measured time, per second. A late answer is work for nothing, so it does not count."},
	{"Shed", "Answered 503 or 429: the server said no, at once, instead of starting what it could not finish."},
	{"Late, timeout", "A 2xx answer after the limit; no whole answer before the client gave up."},
	{"Refused, reset", "A connection that could not be opened; one that the server closed without a whole answer."},
	{"Unsent", "A request for which no connection came free before its deadline, or for which the generator ran out of descriptors or ports."},
	{"p50, p99, p99.9", "The time within which 50, 99, 99.9 % of requests were answered. ~ marks a figure above which fewer than ten values lie."},
	{"p99 of all offered", "The same over every request, a failure counting as infinite: ∞ as soon as one in a hundred failed."},
	{"Intended and actual send", "When the schedule says that a request leaves, and when it did. Generators that measure from the latter hide the wait for a free connection (coordinated omission)."},
	{"Diverging", "Above capacity an unbounded server has no steady state: its backlog grows for as long as the load lasts, and averages mean nothing."},
	{"Open and closed loop", "Open: requests come at their own times, as the public does. Closed: a client waits for its answer before it asks again, so a slow server slows its own load."},
	{"RSS", "Resident set size: memory that the server process holds at its peak."},
	{"Confidence interval", "In 95 of 100 such measurements the interval holds the true median. Shown as [low, high]; a plain range is shown as (low … high)."},
	{"Little's law", "Mean number in flight = rate × mean time in flight. Where it does not hold, something was measured wrongly."},
}
