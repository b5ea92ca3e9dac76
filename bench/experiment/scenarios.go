package experiment

import (
	"fmt"
	"time"

	"millpond/bench/load"
	"millpond/bench/stats"
)

// Names of variants. The controls are a queue with a count, long or short, what
// there was before, and a server without the flags that a scenario is about.
const (
	VariantDefault = "workers 8"
	VariantAuto    = "auto"
	VariantFIFO    = "fifo 512"
	VariantShort   = "fifo 20"
	VariantBefore  = "before"
	VariantPlain   = "plain"

	VariantNetHTTP  = "nethttp"
	VariantHAProxy  = "haproxy"
	VariantFasthttp = "fasthttp"
	VariantLimited  = "limitlistener"
	VariantChecked  = "semaphore"
)

// refusalCost is what it costs to refuse a request on a kept connection: the
// kernel's price for a read and a write, in seconds.
const refusalCost = 7.3e-6

// ours are the variants of most scenarios, with the control.
var ours = []string{VariantDefault, VariantAuto, VariantFIFO}

// at makes offers of multiples, for some variants or all.
func at(multiples []float64, only ...string) []Offer {
	var all []Offer
	for _, m := range multiples {
		all = append(all, Offer{Multiple: m, Only: only})
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

// Scenarios are what overload control is judged by. Rows number the targets;
// those that can share trials are in one scenario.
func Scenarios() []Scenario {
	all := []Scenario{quickWork(), quickerWork(), waiting(), belowCapacity(), thousand(), jumps(), besideNeighbour(0.5), besideNeighbour(0.85)}
	for _, uneven := range []struct {
		workload string
		bound    float64
	}{{"exponential", 0.995}, {"bimodal", 0.95}} {
		all = append(all, Scenario{
			Name: "uneven work below capacity", Workload: named(uneven.workload), Offers: at([]float64{0.9}), Variants: ours,
			Goals: []Goal{{Row: 6, Name: "in time at 0.9 ×, " + uneven.workload, Unit: "share", Bound: uneven.bound, Of: each(attained)}},
		})
	}
	return append(append(all, whoAsks()...), append(howMany(), costs()...)...)
}

// quickWork is the load that most rows are about.
func quickWork() Scenario {
	fastest := []string{VariantDefault, "workers 1", "workers 32", VariantAuto, VariantHAProxy}
	offers := at([]float64{0.5}, VariantDefault, "workers 1", "workers 32", VariantAuto)
	offers = append(offers, at([]float64{1.5, 25, 100}, fastest...)...)
	offers = append(offers, at([]float64{3}, append(fastest, VariantFIFO, VariantBefore, VariantFasthttp, VariantLimited)...)...)
	offers = append(offers, at([]float64{10}, append(fastest, VariantFIFO, VariantBefore)...)...)
	return Scenario{
		Name: "quick work of 5 ms", Workload: named("cpu=5ms"), Offers: offers,
		Variants: append(fastest, VariantFIFO, VariantBefore, VariantFasthttp, VariantLimited),
		Goals: []Goal{
			{Row: 1, Name: "goodput up to 25 ×, of the peak", Unit: "share", Bound: 0.95, From: 0.5, To: 25, Of: kept},
			{Row: 1, Name: "goodput at 100 ×, of the peak", Unit: "share", Bound: 0.8, From: 100, To: 100, Of: kept},
			{Row: 4, Name: "p50 of what is served from 10 × on", Unit: "seconds", Less: true, Bound: 0.025, From: 10, To: 100, Of: each(quantile(0.5, stats.Served))},
			{Row: 4, Name: "p99 of what is served from 10 × on", Unit: "seconds", Less: true, Bound: 0.040, From: 10, To: 100, Of: each(quantile(0.99, stats.Served))},
			{Row: 5, Name: "p50 of refusals from 3 × on", Unit: "seconds", Less: true, Bound: 0.005, From: 3, To: 100, Of: each(quantile(0.5, stats.Shed))},
			{Row: 5, Name: "p99 of refusals at 3 ×", Unit: "seconds", Less: true, Bound: 0.505, From: 3, To: 3, Of: each(quantile(0.99, stats.Shed))},
			{Row: 5, Name: "p99 of refusals from 10 × on", Unit: "seconds", Less: true, Bound: 0.015, From: 10, To: 100, Of: each(quantile(0.99, stats.Shed))},
			{Row: 5, Name: "requests with neither answer nor refusal, 3 × to 25 ×", Unit: "requests", Less: true, Bound: 0, From: 3, To: 25, Of: each(unread)},
			staticGoal("cpu=5ms", 3),
			{Row: 12, Name: "worked off too late or for nobody at 10 ×", Unit: "share", Less: true, Bound: 0.01, From: 10, To: 10, Of: each(wasted)},
			{Row: 14, Name: "goodput from 3 × on, against HAProxy's", Unit: "share", Bound: 1, From: 3, To: 100, Of: against(VariantHAProxy, ratio(goodput))},
			{Row: 14, Name: "p50 of what is served from 3 × on, against HAProxy's", Unit: "share", Less: true, Bound: 1, From: 3, To: 100,
				Of: against(VariantHAProxy, ratio(quantile(0.5, stats.Served)))},
			{Row: 14, Name: "goodput at 1.5 ×, against HAProxy's", Unit: "share", Bound: 0.98, From: 1.5, To: 1.5, Of: against(VariantHAProxy, ratio(goodput))},
		},
	}
}

// quickerWork is where refusals cost a part of the capacity that shows.
func quickerWork() Scenario {
	two := []string{VariantDefault, VariantAuto}
	offers := at([]float64{1.5}, two...) // where the peak is: refusals cost least
	offers = append(offers, at([]float64{3}, append(two, "workers 1", "workers 64")...)...)
	offers = append(offers, at([]float64{10}, append(two, VariantFIFO, VariantBefore)...)...)
	return Scenario{
		Name: "quick work of 1 ms", Workload: named("cpu=1ms"), Offers: append(offers, at([]float64{20, 40}, two...)...),
		Variants: append(two, "workers 1", "workers 64", VariantFIFO, VariantBefore),
		Goals: []Goal{
			{Row: 2, Name: "goodput up to 10 ×, of the peak", Unit: "share", Bound: 0.9, From: 1.5, To: 10, Of: kept},
			{Row: 2, Name: "goodput at 20 ×, of the peak", Unit: "share", Bound: 0.8, From: 20, To: 20, Of: kept},
			{Row: 2, Name: "timeouts up to 20 ×", Unit: "requests", Less: true, Bound: 0, From: 1.5, To: 20, Of: each(timeouts)},
			{Row: 2, Name: "goodput at 40 ×, of the peak", Unit: "share", Bound: 1 - 40*refusalCost/1e-3 - 0.05, From: 40, To: 40, Of: kept},
			staticGoal("cpu=1ms", 3),
		},
	}
}

// waiting needs as many workers as there are requests under way.
func waiting() Scenario {
	both := []string{VariantAuto, "workers 512"}
	return Scenario{
		Name: "waiting", Workload: named("wait=50ms"), Variants: []string{VariantAuto, "workers 64", "workers 512"},
		Offers: []Offer{
			{Rate: 5_000, Only: []string{VariantAuto, "workers 64", "workers 512"}}, {Rate: 10_000, Only: both}, {Rate: 20_000, Only: both},
		},
		Goals: []Goal{
			{Row: 3, Name: "in time at 10k/s and 20k/s", Unit: "share", Bound: 0.97, Phase: "0000/s", Server: VariantAuto, Of: each(attained)},
			{Row: 3, Name: "p50 at 10k/s and 20k/s", Unit: "seconds", Less: true, Bound: 0.055, Phase: "0000/s", Server: VariantAuto, Of: each(quantile(0.5, stats.Served))},
			{Row: 11, Name: "goodput of auto with wait=50ms, against the best static number", Unit: "share", Bound: 0.95, Phase: "5000/s",
				Server: VariantAuto, Of: bestStatic(goodput)},
		},
	}
}

// belowCapacity is where nobody should be refused.
func belowCapacity() Scenario {
	return Scenario{
		Name: "below capacity", Workload: named("cpu=5ms"), Variants: append(ours, VariantShort),
		Offers: []Offer{{Multiple: 0.9}, {Multiple: 0.45, Shape: load.Burst}},
		Goals: []Goal{
			{Row: 6, Name: "in time at 0.9 ×, even service", Unit: "share", Bound: 1, From: 0.9, To: 0.9, Of: each(attained)},
			{Row: 6, Name: "in time at 0.45 ×, in bursts", Unit: "share", Bound: 1, Phase: load.Burst, Of: each(attained)},
		},
	}
}

// thousand is a crowd that a queue with a short bound refuses though there is
// no overload.
func thousand() Scenario {
	return Scenario{
		Name: "a thousand connections", Workload: named("hello"), Offers: []Offer{{Clients: 1000}}, Variants: append(ours, VariantShort),
		Goals: []Goal{{Row: 6, Name: "served of 1,000 clients in a closed loop", Unit: "share", Bound: 1, Of: each(attained)}},
	}
}

// stepsEach is how often the load jumps in a trial: five trials make twenty
// steps.
const stepsEach = 4

// jumps are loads and servers that are not the same from one second to the next.
func jumps() Scenario {
	return Scenario{
		Name: "steps and stalls", Workload: named("cpu=5ms"), Variants: append(ours, VariantNetHTTP),
		Offers: []Offer{
			{Multiple: 10, Steps: stepsEach, Only: ours}, {Multiple: 100, Cold: true, Only: ours},
			{Multiple: 0.9, Stall: time.Second, Retry: load.Retry{Max: 3, Backoff: 100 * time.Millisecond}, Only: []string{VariantDefault, VariantAuto, VariantNetHTTP}},
		},
		Goals: []Goal{
			{Row: 7, Name: "goodput on the steps to 10 ×, from the third 100 ms", Unit: "share", Bound: 0.95, Phase: "steps", Of: steps(true)},
			{Row: 7, Name: "in time after a step down, from 200 ms on", Unit: "share", Bound: 0.995, Phase: "steps", Of: steps(false)},
			{Row: 7, Name: "in time from 2 s after a stall of 1 s, clients retry", Unit: "share", Bound: 0.95, Phase: "stall", Of: each(afterStall)},
			{Row: 7, Name: "goodput at 100 × from a cold start, of capacity", Unit: "share", Bound: 0.8, Phase: "cold", Of: ofCapacity},
		},
	}
}

// besideNeighbour is a server that has lost a share of its core.
func besideNeighbour(share float64) Scenario {
	return Scenario{
		Name: fmt.Sprintf("a neighbour takes %g %% of the core", 100*share), Workload: named("cpu=5ms"), Offers: at([]float64{3, 10}),
		Variants: ours, Neighbour: share,
		Goals: []Goal{{Row: 8, Name: fmt.Sprintf("goodput beside a neighbour that takes %g %%, of the capacity beside it", 100*share),
			Unit: "share", Bound: 0.9, Of: ofCapacity}},
	}
}
