package report

import (
	"cmp"
	"fmt"
	"strings"

	"millpond/bench"
	"millpond/bench/stats"
)

// kinds name the runs, and say what each of them asks, and does that the others do
// not.
var kinds = map[string]struct{ name, question, method string }{
	"contrast": {"Contrast", "How much of what a server can do is left when clients ask for more?",
		"Contrast: the capacity is what the first server does for a few clients in a closed loop, which needs no more of them than its workers and queue hold. Each server then gets every multiple of it, in an open loop."},
	"pulse": {"Pulse", "How long after a burst of overload is a server back?",
		"Pulse: one open loop that is calm, then beyond capacity, then calm again, for as long as the backlog of an unbounded queue would take to drain."},
	"retry": {"Retry", "Does a server come back from overload when its clients try again?",
		"Retry: the same, but each request that fails is tried again after a pause. Every try has the whole timeout; latency, and what is in time, runs from the moment that the first was meant to leave. Tries after the end of the load are in no bin."},
	"idle": {"Idle", "Do connections that do nothing keep a server from its work, and what do they cost?",
		"Idle: a light open loop, alone and beside connections that ask for nothing."},
	"size": {"Size", "How many workers, and how long a queue?",
		"Size: a ladder of workers in a closed loop, with a few clients more than workers; what it recommends was then offered 0.9 and 1.5 times its throughput in an open loop."},
	"load": {"Load", "What came of every request?",
		"Load: one load as it was asked for, against a server as it was. It is not started afresh unless --exec was given, and watched only with that or --pid."},
	"versus": {"Versus", "What has changed from one build to the other?",
		"Versus: both builds get the same schedules, one at once after the other, in a closed loop and at multiples of the capacity of the first. A pair that something disturbed is measured again."},
	"overload": {"Overload", "Does the server stay calm, whatever the load?",
		"Overload: each scenario measures its capacity in a closed loop and offers its loads in random order, to millpond with nothing but a number of workers, and to controls beside it. A target is judged by the worst of millpond's servers and loads that it is about, each being the median of its trials, and is not met by trials that are invalid."},
	"proxy": {"Proxy", "What does a bound before an app buy, and what does the hop cost?",
		"Proxy: an app, alone and behind proxies that let only so many requests through at once, app and proxy on the same processor. Multiples of load are those of the capacity of the app alone; for the cost of the hop, those of a bare httputil.ReverseProxy on net/http."},
	"limit": {"Limit", "How much can be asked before an objective is lost?",
		"Limit: open loops at rates that double until an objective is lost, and then halve the gap; a trial ends as soon as an objective cannot be kept any more. The answer is confirmed in a trial of twice the length."},
	"check": {"Check of the generator", "Can the generator be trusted on this machine?",
		"Check: rates that rise until two in a row are too much, against a server that does nothing; a closed loop, with wrk beside it where that is installed; and queues whose waits are known, since the server deals out service times that the check knows too."},
}

// title names a run: what kind, of which servers, with what.
func title(r *bench.Run) string {
	name := cmp.Or(kinds[r.Kind].name, r.Kind)
	servers := stats.Servers(r)
	switch {
	case r.Kind == "load" || r.Kind == "check":
		servers = nil
	case len(servers) > manyOthers:
		servers = []string{servers[0], fmt.Sprintf("%d others", len(servers)-1)}
	}
	if len(servers) > 0 {
		name += " of " + listed(servers)
	}
	if r.Workload != "" {
		name += ": " + r.Workload
	}
	return name
}

// nameOf is what a run is called in brief: the scenario, of which there are
// many in a report, or the kind.
func nameOf(r *bench.Run) string {
	if len(r.Targets) > 0 {
		scenario, _, _ := strings.Cut(r.Workload, ":")
		return scenario
	}
	return cmp.Or(kinds[r.Kind].name, r.Kind)
}
