package experiment

import (
	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/stats"
)

// Names of variants of proxies: an app alone, and what may stand before it.
const (
	VariantApp      = "app alone"
	VariantMillpond = "millpond"
	VariantBare     = "reverseproxy"
)

// KindProxy is the kind of runs about proxies.
const KindProxy = "proxy"

const (
	// proxyClients is how many clients a closed loop has that looks for the
	// highest rate.
	proxyClients = 64
	// idleClients is how many connections the memory of one is told from.
	idleClients = 2000
)

// ProxiedApp is an app under overload, alone and behind proxies that bound what
// it gets.
func ProxiedApp(w load.Workload) Scenario {
	return Scenario{
		Kind: KindProxy, Name: "an app behind a proxy", Workload: w, Variants: []string{VariantApp, VariantMillpond, VariantHAProxy},
		Offers: at([]float64{0.5, 0.9, 1.5, 3, 6, 10}),
		Goals: []Goal{
			{Row: 1, Name: "goodput from 0.5 × to 10 ×, of the peak", Unit: "share", Bound: 0.95, From: 0.5, To: 10, Of: kept},
			{Row: 2, Name: "p50 of what is served beyond capacity, against HAProxy's", Unit: "share", Less: true, Bound: 1, From: 1.5, To: 10,
				Of: against(VariantHAProxy, ratio(quantile(0.5, stats.Served)))},
		},
	}
}

// ProxyCost is what the hop itself costs, for the cheapest request there is.
func ProxyCost() Scenario {
	return Scenario{
		Kind: KindProxy, Name: "what a proxy costs", Workload: named("hello"), Variants: []string{VariantBare, VariantMillpond, VariantHAProxy, VariantApp},
		Offers: []Offer{{Clients: proxyClients}, {Multiple: 0.5}, {Multiple: 0.3, Idle: idleClients}},
		Goals: []Goal{
			{Row: 3, Name: "requests/s in a closed loop, against a bare httputil.ReverseProxy", Unit: "share", Bound: 1, Phase: "closed",
				Of: against(VariantBare, ratio(goodput))},
			{Row: 4, Name: "p99 at half of its capacity, against a bare httputil.ReverseProxy", Unit: "share", Less: true, Bound: 1, From: 0.5, To: 0.5,
				Of: against(VariantBare, ratio(quantile(0.99, stats.Served)))},
			{Row: 5, Name: "memory of an idle client, against a bare httputil.ReverseProxy", Unit: "share", Less: true, Bound: 1, From: 0.3, To: 0.3,
				Of: against(VariantBare, ratio(bench.Trial.BytesEach))},
		},
	}
}
