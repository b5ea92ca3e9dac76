package report

import (
	"cmp"
	"fmt"
	"strings"

	"millpond/bench"
	"millpond/bench/stats"
)

// kinds name the runs, and say what each of them asks.
var kinds = map[string]struct{ name, question string }{
	"contrast": {"Contrast", "How much of what a server can do is left when clients ask for more?"},
	"pulse":    {"Pulse", "How long after a burst of overload is a server back?"},
	"retry":    {"Retry", "Does a server come back from overload when its clients try again?"},
	"idle":     {"Idle", "Do connections that do nothing keep a server from its work, and what do they cost?"},
	"size":     {"Size", "How many workers, and how long a queue?"},
	"load":     {"Load", "What came of every request?"},
	"versus":   {"Versus", "What has changed from one build to the other?"},
	"overload": {"Overload", "Does the server stay calm, whatever the load?"},
	"proxy":    {"Proxy", "What does a bound before an app buy, and what does the hop cost?"},
	"limit":    {"Limit", "How much can be asked before an objective is lost?"},
	"check":    {"Check", "Can the generator be trusted on this machine?"},
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
