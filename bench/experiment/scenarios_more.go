package experiment

import (
	"fmt"
	"net/http"

	"millpond/bench/load"
)

// tenants are the modest clients beside a greedy one, told apart by a header.
const tenants = 20

// whoAsks is about clients and classes, with a server that does not tell them
// apart as the control.
func whoAsks() []Scenario {
	fair := load.Workload{Name: "tenants"}
	for i := range tenants + 1 {
		weight := 0.5
		if i == 0 {
			weight = 20
		}
		fair.Requests = append(fair.Requests, load.Request{
			Weight: weight, Target: "/task?cpu=5ms", Header: http.Header{"X-Tenant": {fmt.Sprint(i)}},
		})
	}
	classes := load.Workload{Name: "classes", Requests: []load.Request{{Weight: 12, Target: "/task?cpu=5ms"}, {Weight: 0.5, Target: "/task/critical?cpu=5ms"}}}
	variants := []string{VariantDefault, VariantAuto, VariantPlain}
	return []Scenario{
		{
			Name: "a greedy client beside twenty modest ones", Workload: fair, Offers: at([]float64{1.43}), // 20 shares and 20 halves, of 21
			Variants: variants, Needs: []string{"--fair-by=header:X-Tenant"},
			Goals: []Goal{{Row: 9, Name: "in time of what the modest ask for", Unit: "share", Bound: 0.99, Of: each(attainedBy(1, tenants+1))}},
		},
		{
			Name: "a low class beside a critical one", Workload: classes, Offers: at([]float64{12.5}),
			Variants: variants, Needs: []string{"--class=low=/task priority=low", "--class=critical=/task/critical priority=critical"},
			Goals: []Goal{
				{Row: 10, Name: "in time of the critical", Unit: "share", Bound: 0.999, Of: each(attainedBy(1, 2))},
				{Row: 10, Name: "in time of the low", Unit: "share", Bound: 0.02, Of: each(attainedBy(0, 1))},
			},
		},
	}
}

// staticGoal is that auto does as well as the best number of workers that could
// be set.
func staticGoal(workload string, multiple float64) Goal {
	return Goal{
		Row: 11, Name: "goodput of auto with " + workload + ", against the best static number", Unit: "share", Bound: 0.95,
		From: multiple, To: multiple, Server: VariantAuto, Of: bestStatic(goodput),
	}
}

// howMany is what no single number of workers is right for.
func howMany() []Scenario {
	var all []Scenario
	for _, c := range []struct {
		workload string
		statics  []string
	}{{"cpu=20ms", []string{VariantDefault, "workers 1", "workers 64"}}, {"mix", []string{"workers 64", VariantDefault, "workers 512"}}} {
		all = append(all, Scenario{
			Name: "how many workers", Workload: named(c.workload), Offers: at([]float64{3}),
			Variants: append(c.statics, VariantAuto), Goals: []Goal{staticGoal(c.workload, 3)},
		})
	}
	return append(all, Scenario{
		Name:     "how many workers",
		Workload: load.Workload{Name: "waits", Requests: []load.Request{{Target: "/task?wait=50ms"}, {Target: "/task?wait=500ms"}}},
		Offers:   []Offer{{Rate: 500, Course: []int{1, 2, 1}, Name: "wait 50, 500, 50 ms"}},
		Variants: []string{VariantAuto, "workers 64", "workers 512"},
		Goals: []Goal{{Row: 11, Name: "in time of auto from 1 s after a wait has changed, against the best static number", Unit: "share", Bound: 0.95,
			Server: VariantAuto, Of: bestStatic(afterChange)}},
	})
}

// Phases of what a refusal is compared with.
const (
	phaseRefused = "20000/s refused"
	phaseHello   = "20000/s hello"
)

// togetherRate is that of each of three servers on one processor, and of three loads on
// another, which are then busy for about half of the time.
const (
	togetherRate = 5_000
	togetherName = "together"
)

// costs are what overload control itself takes.
func costs() []Scenario {
	return []Scenario{
		{
			Name:     "what a refusal costs",
			Workload: load.Workload{Name: "refusals", Requests: []load.Request{{Target: "/task?wait=200ms"}, {Target: "/"}}},
			Offers:   []Offer{{Rate: 20_000, Course: []int{1}, Name: "refused"}, {Rate: 20_000, Course: []int{2}, Name: "hello"}},
			Variants: []string{VariantDefault, VariantFIFO, VariantChecked},
			Goals: []Goal{{Row: 5, Name: "processor time of a refusal, of that of a hello", Unit: "share", Less: true, Bound: 0.7,
				Phase: phaseRefused, With: phaseHello, Of: refusalOfHello}},
		},
		{
			Name: "cost at half load", Workload: named("hello"), Variants: ours,
			Offers: []Offer{{Rate: togetherRate, Name: togetherName, Together: true, Unasked: true}, {Clients: checkClients, Unasked: true}},
			Goals: []Goal{
				{Row: 13, Name: "processor time of a request beyond that of fifo", Unit: "seconds", Less: true, Bound: 0.5e-6,
					Phase: togetherName, Of: against(VariantFIFO, difference(servedCost))},
				{Row: 13, Name: "processor time of a request with auto beyond that of fixed workers", Unit: "seconds", Less: true, Bound: 0.5e-6,
					Phase: togetherName, Server: VariantAuto, Of: against(VariantDefault, difference(servedCost))},
				{Row: 13, Name: "allocations of a request beyond those of fifo, closed loop", Unit: "allocations", Less: true, Bound: allocationSlack,
					Phase: "closed", Of: against(VariantFIFO, difference(allocations))},
			},
		},
	}
}

// allocationSlack is below one allocation in twenty requests: what samples of
// the server and workers that start, of which there are not the same number in
// each trial, allocate. In an open loop the difference would be ten times that:
// when anything stands still for a few milliseconds, hundreds of requests come at
// once, on new connections, and all of that is allocated.
const allocationSlack = 0.05
