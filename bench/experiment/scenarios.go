package experiment

import (
	"fmt"
	"math"
	"net/http"
	"time"

	"millpond/bench/load"
	"millpond/bench/stats"
)

// Names of variants.
const (
	VariantDefault = "workers 8"
	VariantAuto    = "auto"
	VariantFIFO    = "fifo 512"
	VariantHAProxy = "haproxy"
)

// refusalCost is what it costs to refuse a request on a kept connection: the kernel's
// price for a read and a write, in seconds.
const refusalCost = 7.3e-6

// ours are the variants of most scenarios, with the control.
var ours = []string{VariantDefault, VariantAuto, VariantFIFO}

// at makes offers of multiples.
func at(multiples ...float64) []Offer {
	var all []Offer
	for _, m := range multiples {
		all = append(all, Offer{Multiple: m})
	}
	return all
}

// named is a workload that is known to be right.
func named(text string) load.Workload {
	w, err := load.ParseWorkload(text)
	if err != nil {
		panic(err)
	}
	return w
}

// Scenarios are what overload control is judged by. Rows number the targets.
func Scenarios() []Scenario {
	all := []Scenario{
		{
			Name: "quick work of 5 ms", Workload: named("cpu=5ms"), Offers: at(0.5, 0.9, 1.5, 3, 10, 25, 100),
			Variants: []string{VariantDefault, "workers 1", "workers 32", VariantAuto, VariantFIFO, VariantHAProxy},
			Goals: []Goal{
				{Row: 1, Name: "goodput up to 25 ×, of the peak", Unit: "share", Bound: 0.95, From: 0.5, To: 25, Of: kept},
				{Row: 1, Name: "goodput at 100 ×, of the peak", Unit: "share", Bound: 0.8, From: 100, To: 100, Of: kept},
				{Row: 4, Name: "p50 of what is served from 10 × on", Unit: "seconds", Less: true, Bound: 0.025, From: 10, To: 100, Of: quantile(0.5, stats.Served)},
				{Row: 4, Name: "p99 of what is served from 10 × on", Unit: "seconds", Less: true, Bound: 0.040, From: 10, To: 100, Of: quantile(0.99, stats.Served)},
				{Row: 5, Name: "p50 of refusals from 3 × on", Unit: "seconds", Less: true, Bound: 0.005, From: 3, To: 100, Of: quantile(0.5, stats.Shed)},
				{Row: 5, Name: "p99 of refusals at 3 ×", Unit: "seconds", Less: true, Bound: 0.505, From: 3, To: 3, Of: quantile(0.99, stats.Shed)},
				{Row: 5, Name: "p99 of refusals from 10 × on", Unit: "seconds", Less: true, Bound: 0.015, From: 10, To: 100, Of: quantile(0.99, stats.Shed)},
				{Row: 12, Name: "answers that came too late, of all good ones, at 10 ×", Unit: "share", Less: true, Bound: 0.01, From: 10, To: 10, Of: lateShare},
				{Row: 14, Name: "goodput from 3 × on, against HAProxy's", Unit: "share", Bound: 1, From: 3, To: 100, Of: against(VariantHAProxy, goodput)},
				{Row: 14, Name: "p50 of what is served from 3 × on, against HAProxy's", Unit: "share", Less: true, Bound: 1, From: 3, To: 100, Of: against(VariantHAProxy, servedMedian)},
				{Row: 14, Name: "goodput at 1.5 ×, against HAProxy's", Unit: "share", Bound: 0.98, From: 1.5, To: 1.5, Of: against(VariantHAProxy, goodput)},
			},
		},
		{
			Name: "quick work of 1 ms", Workload: named("cpu=1ms"), Offers: at(3, 10, 20, 40), Variants: ours,
			Goals: []Goal{
				{Row: 2, Name: "goodput up to 10 ×, of the peak", Unit: "share", Bound: 0.9, From: 3, To: 10, Of: kept},
				{Row: 2, Name: "goodput at 20 ×, of the peak", Unit: "share", Bound: 0.8, From: 20, To: 20, Of: kept},
				{Row: 2, Name: "timeouts up to 20 ×", Unit: "requests", Less: true, Bound: 0, From: 3, To: 20, Of: timeouts},
				{Row: 2, Name: "goodput at 40 ×, of the peak", Unit: "share", Bound: 1 - 40*refusalCost/1e-3 - 0.05, From: 40, To: 40, Of: kept},
			},
		},
		{
			Name: "waiting", Workload: named("wait=50ms"), Offers: []Offer{{Rate: 10_000}, {Rate: 20_000}}, Variants: []string{VariantAuto},
			Goals: []Goal{
				{Row: 3, Name: "in time", Unit: "share", Bound: 0.97, Of: attained},
				{Row: 3, Name: "p50", Unit: "seconds", Less: true, Bound: 0.055, Of: quantile(0.5, stats.Served)},
			},
		},
		{
			Name: "bursts and steps", Workload: named("cpu=5ms"), Variants: append(ours, "nethttp"),
			Offers: []Offer{
				{Multiple: 0.9}, {Multiple: 0.45, Shape: load.Burst}, {Multiple: 10, Steps: 20}, {Multiple: 100, Cold: true},
				{Multiple: 0.9, Stall: time.Second, Retry: load.Retry{Max: 3, Backoff: 100 * time.Millisecond}},
			},
			Goals: []Goal{
				{Row: 6, Name: "in time at 0.9 ×, even service", Unit: "share", Bound: 1, Phase: "0.9x", To: 0.9, Of: calmOnly(attained)},
				{Row: 6, Name: "in time at 0.45 ×, in bursts", Unit: "share", Bound: 1, Phase: load.Burst, Of: attained},
				{Row: 7, Name: "goodput on the steps to 10 ×, from the third 100 ms", Unit: "share", Bound: 0.95, Phase: "steps", Of: steps(true)},
				{Row: 7, Name: "in time after a step down, from 200 ms on", Unit: "share", Bound: 0.995, Phase: "steps", Of: steps(false)},
				{Row: 7, Name: "in time from 2 s after a stall of 1 s, clients retry", Unit: "share", Bound: 0.95, Phase: "stall", Of: afterStall},
				{Row: 7, Name: "goodput at 100 × from a cold start, of capacity", Unit: "share", Bound: 0.8, Phase: "cold", Of: ofCapacity},
			},
		},
		uneven("exponential", 0.995), uneven("bimodal", 0.95),
		{
			Name: "a thousand connections", Workload: named("hello"), Offers: []Offer{{Clients: 1000}}, Variants: ours,
			Goals: []Goal{{Row: 6, Name: "served of 1,000 clients in a closed loop", Unit: "share", Bound: 1, Of: attained}},
		},
		besideNeighbour(0.5), besideNeighbour(0.85),
	}
	return append(all, scenariosOfClients()...)
}

// uneven is work of which no two pieces need be alike, below capacity.
func uneven(workload string, bound float64) Scenario {
	return Scenario{
		Name: "uneven work below capacity", Workload: named(workload), Offers: at(0.9), Variants: ours,
		Goals: []Goal{{Row: 6, Name: "in time at 0.9 ×, " + workload, Unit: "share", Bound: bound, Of: attained}},
	}
}

// besideNeighbour is a server that has lost a share of its core.
func besideNeighbour(share float64) Scenario {
	return Scenario{
		Name: fmt.Sprintf("a neighbour takes %g %% of the core", 100*share), Workload: named("cpu=5ms"), Offers: at(3, 10),
		Variants: ours, Neighbour: share,
		Goals: []Goal{{Row: 8, Name: fmt.Sprintf("goodput beside a neighbour that takes %g %%, of the capacity beside it", 100*share),
			Unit: "share", Bound: 0.9, Of: ofCapacity}},
	}
}

// calmOnly leaves out the points of which the load is not steady.
func calmOnly(of func(evidence, stats.Point) float64) func(evidence, stats.Point) float64 {
	return func(e evidence, p stats.Point) float64 {
		if p.Phase != (Offer{Multiple: p.Multiple()}).phase() {
			return math.NaN()
		}
		return of(e, p)
	}
}

// tenants are 1 greedy client and 20 modest ones, told apart by a header.
const tenants = 20

// scenariosOfClients are about who asks, how many workers there are, and what it costs.
func scenariosOfClients() []Scenario {
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
	classes := load.Workload{Name: "classes", Requests: []load.Request{{Weight: 12, Target: "/task?cpu=5ms"}, {Weight: 0.5, Target: "/critical"}}}
	all := []Scenario{
		{
			Name: "a greedy client beside twenty modest ones", Workload: fair, Offers: at((20 + 0.5*tenants) / (1 + tenants)),
			Variants: []string{VariantDefault}, Needs: []string{"--fair-by=header:X-Tenant"},
			Goals: []Goal{{Row: 9, Name: "in time of what the modest ask for", Unit: "share", Bound: 0.99, Of: attainedBy(1, tenants+1)}},
		},
		{
			Name: "a low class beside a critical one", Workload: classes, Offers: at(12.5),
			Variants: []string{VariantDefault}, Needs: []string{"--class=low=/task priority=low", "--class=critical=/critical priority=high"},
			Goals: []Goal{
				{Row: 10, Name: "in time of the critical", Unit: "share", Bound: 0.999, Of: attainedBy(1, 2)},
				{Row: 10, Name: "in time of the low", Unit: "share", Bound: 0.02, Of: attainedBy(0, 1)},
			},
		},
		{
			Name: "cost at half load", Workload: named("hello"), Offers: at(0.5), Variants: ours,
			Goals: []Goal{{Row: 13, Name: "processor time of a request beyond that of fifo", Unit: "seconds", Less: true, Bound: 0.5e-6, Of: dearerThan(VariantFIFO)}},
		},
	}
	for _, workload := range []string{"cpu=1ms", "cpu=5ms", "cpu=20ms", "wait=50ms", "mix"} {
		all = append(all, Scenario{
			Name: "how many workers", Workload: named(workload), Offers: at(0.9, 3),
			Variants: []string{"workers 512", "workers 1", VariantDefault, "workers 64", VariantAuto},
			Goals: []Goal{{Row: 11, Name: "goodput of auto with " + workload + ", against the best static number", Unit: "share", Bound: 0.95,
				Server: VariantAuto, Of: bestOthers}},
		})
	}
	return all
}
