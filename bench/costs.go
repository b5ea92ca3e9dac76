package bench

import (
	"fmt"
	"math"
)

// A rival must be better by this factor before a report says so from the medians
// of a few trials.
const notable = 1.05

// costs looks for everything in which a rival does better than the subject, the
// first target. A report that left this out would be an advertisement.
func (s sweep) costs() []string {
	if len(s.targets) < 2 {
		return nil
	}
	var found []string
	subject := s.targets[0]
	for _, m := range s.multiples() {
		at := s.at(m)
		if len(at) < 2 || at[0].target != subject {
			continue
		}
		found = append(found, s.compareAt(at[0], at[1:])...)
	}
	if len(found) == 0 {
		found = append(found, fmt.Sprintf("None found in this run: at no load did a rival have more goodput, a faster median or less memory than %s by %s or more.",
			subject, formatShare(notable-1)))
	}
	if text := s.noHelp(); text != "" {
		found = append(found, text)
	}
	return found
}

func (s sweep) compareAt(own cell, rivals []cell) []string {
	var found []string
	load := formatMultiple(own.multiple()) + " capacity"
	better := func(what string, higher bool, format func(float64) string, figure func(cell) float64) {
		mine := figure(own)
		var names []string
		afterwards := ""
		for _, r := range rivals {
			theirs := figure(r)
			if higher && theirs > notable*mine || !higher && theirs*notable < mine {
				name := r.target + " " + format(theirs)
				if higher && r.diverging() {
					name += " (diverging)"
					afterwards = "; what diverges answered part of that after the measured time"
				}
				names = append(names, name)
			}
		}
		if len(names) > 0 && !math.IsNaN(mine) {
			found = append(found, fmt.Sprintf("At %s, %s: %s has %s, but %s%s.", load, what, own.target, format(mine), listed(names), afterwards))
		}
	}
	better("goodput per second", true, formatRate, func(c cell) float64 { return c.goodput().median })
	if own.multiple() <= 1 {
		better("median latency", false, formatSeconds, func(c cell) float64 { return c.quantile(0.5, servedOf).median })
		better("peak memory", false, formatBytes, func(c cell) float64 {
			return c.server(func(v *Server) float64 { return float64(v.PeakRSS) }).median
		})
	}
	return found
}

// noHelp says so when goodput is the same everywhere, below capacity or above.
func (s sweep) noHelp() string {
	var same []string
	for _, m := range s.multiples() {
		lowest, highest := math.Inf(1), 0.0
		for _, c := range s.at(m) {
			lowest, highest = min(lowest, c.goodput().median), max(highest, c.goodput().median)
		}
		if highest > 0 && highest <= notable*lowest {
			same = append(same, formatMultiple(m))
		}
	}
	if len(same) == 0 {
		return ""
	}
	return fmt.Sprintf("At %s capacity the goodput of all targets is within %s: there, the choice of a model buys nothing.", listed(same), formatShare(notable-1))
}

// multiples lists the loads, ascending.
func (s sweep) multiples() []float64 {
	var all []float64
	for _, c := range s.cells {
		if c.target == s.cells[0].target && c.multiple() > 0 {
			all = append(all, c.multiple())
		}
	}
	return all
}
