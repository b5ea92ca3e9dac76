package report

import (
	"fmt"
	"math"

	"millpond/bench/stats"
)

// Another server must be better by this factor before a report says so from the
// medians of a few trials.
const notable = 1.05

// tradeoffs looks for everything in which another server does better than the
// first, which the run is about. A report that left this out would be an
// advertisement.
func (s sweep) tradeoffs() []string {
	if len(s.servers) < 2 {
		return nil
	}
	var found []string
	first := s.servers[0]
	for _, m := range s.multiples() {
		at := s.at(m)
		if len(at) < 2 || at[0].Server != first {
			continue
		}
		found = append(found, s.compareAt(at[0], at[1:])...)
	}
	if len(found) == 0 {
		found = append(found, fmt.Sprintf("None found in this run: at no load did another server have more goodput, a faster median or less memory than %s by %s or more.",
			first, formatShare(notable-1)))
	}
	if text := s.noHelp(); text != "" {
		found = append(found, text)
	}
	return found
}

func (s sweep) compareAt(own stats.Point, others []stats.Point) []string {
	var found []string
	load := formatMultiple(own.Multiple()) + " capacity"
	better := func(what string, higher bool, format func(float64) string, figure func(stats.Point) float64) {
		mine := figure(own)
		var names []string
		for _, r := range others {
			theirs := figure(r)
			if higher && theirs > notable*mine || !higher && theirs*notable < mine {
				name := r.Server + " " + format(theirs)
				if mark := doubt(r); mark != "" {
					name += " (" + mark + ")"
				}
				names = append(names, name)
			}
		}
		if len(names) > 0 && !math.IsNaN(mine) {
			found = append(found, fmt.Sprintf("At %s, %s: %s has %s, but %s.", load, what, own.Server, format(mine), listed(names)))
		}
	}
	better("goodput per second", true, formatRate, func(c stats.Point) float64 { return c.Goodput().Median })
	if own.Multiple() <= 1 {
		better("median latency", false, formatSeconds, func(c stats.Point) float64 { return c.Quantile(0.5, stats.Served).Median })
		better("peak memory", false, formatBytes, func(c stats.Point) float64 { return c.Each(peakRSS).Median })
	}
	return found
}

// noHelp says so when goodput is the same everywhere, below capacity or above.
func (s sweep) noHelp() string {
	var same []string
	for _, m := range s.multiples() {
		lowest, highest := math.Inf(1), 0.0
		for _, c := range s.at(m) {
			lowest, highest = min(lowest, c.Goodput().Median), max(highest, c.Goodput().Median)
		}
		if highest > 0 && highest <= notable*lowest {
			same = append(same, formatMultiple(m))
		}
	}
	if len(same) == 0 {
		return ""
	}
	return fmt.Sprintf("At %s capacity the goodput of all servers is within %s: there, the choice of a model buys nothing.", listed(same), formatShare(notable-1))
}

// multiples lists the loads, ascending.
func (s sweep) multiples() []float64 {
	var all []float64
	for _, c := range s.points {
		if c.Server == s.points[0].Server && c.Multiple() > 0 {
			all = append(all, c.Multiple())
		}
	}
	return all
}
