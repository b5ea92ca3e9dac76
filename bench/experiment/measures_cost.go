package experiment

import (
	"math"

	"millpond/bench"
	"millpond/bench/stats"
)

// cost is the processor time of an answer, whatever it says, in seconds.
func cost(t bench.Trial) float64 {
	return t.Used().CPUSeconds.Float() / float64(t.Generator.Answers)
}

// servedCost is cost below capacity, where nobody is to be refused. If some were, the
// server stood still for a while, and it is not known: refusals cost less than answers,
// and a server that refuses more would seem the cheaper one.
func servedCost(t bench.Trial) float64 {
	if float64(t.Outcomes.Shed) > mostRefused*float64(t.Generator.Answers) {
		return math.NaN()
	}
	return cost(t)
}

// mostRefused is the share of refusals among answers that makes no difference.
const mostRefused = 0.01

// steadyCost is cost without that of the warm-up. There a server that begins to be
// overloaded answers nobody yet, and so takes in a tenth of all requests on connections
// of their own, each of which costs as much as several refusals.
func steadyCost(t bench.Trial) float64 {
	var cores, samples float64
	for _, x := range t.Used().Samples {
		if x.At >= sampledFor && x.At < t.Duration {
			cores, samples = cores+x.CPU, samples+1
		}
	}
	return cores / samples * t.Duration / float64(t.Outcomes.OK+t.Outcomes.Late+t.Outcomes.Shed)
}

// sampledFor is the time before it, in seconds, that a sample of a server is about.
const sampledFor = 0.5

// allocations are those of an answer, whatever it says.
func allocations(t bench.Trial) float64 {
	return t.Used().Allocations.Float() / float64(t.Generator.Answers)
}

// refusalOfHello is the processor time of a refusal over that of a hello at the same
// rate. What was served is taken to cost a hello, since it only waits.
func refusalOfHello(e evidence, p stats.Point) stats.Estimate {
	hello, ok := e.at(p.Server, phaseHello)
	if !ok {
		return stats.EstimateOf(nil)
	}
	return paired(p, hello, func(t, u bench.Trial) float64 {
		served := 1 - float64(t.Outcomes.Shed)/float64(t.Outcomes.Shed+t.Outcomes.OK+t.Outcomes.Late)
		if served > mostServed || u.Attainment.Or(1) < 1-mostServed {
			return math.NaN()
		}
		hello := steadyCost(u)
		return (steadyCost(t) - served*hello) / (1 - served) / hello
	})
}

// mostServed is the share of answers beside refusals, and of refusals beside hellos, that
// still lets these be told.
const mostServed = 0.1
