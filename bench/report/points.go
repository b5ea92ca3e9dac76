package report

import (
	"fmt"
	"slices"
	"strings"

	"millpond/bench"
	"millpond/bench/stats"
)

// byServer splits points, which are sorted by server.
func byServer(points []stats.Point) [][]stats.Point {
	var groups [][]stats.Point
	for _, c := range points {
		if n := len(groups); n > 0 && groups[n-1][0].Server == c.Server {
			groups[n-1] = append(groups[n-1], c)
			continue
		}
		groups = append(groups, []stats.Point{c})
	}
	return groups
}

// those are the points of which something holds.
func those(points []stats.Point, holds func(stats.Point) bool) []stats.Point {
	return slices.DeleteFunc(slices.Clone(points), func(c stats.Point) bool { return !holds(c) })
}

// sweepPoints are the points that belong on a load axis.
func sweepPoints(points []stats.Point) []stats.Point {
	return those(points, func(c stats.Point) bool { return c.Rate() > 0 && len(c.Trials[0].Phases) == 0 })
}

// loadName is the load of a point in words.
func loadName(c stats.Point) string {
	return loadOf(c.Trials[0])
}

// loadOf is the multiple of capacity, or the phase where that is about something
// else.
func loadOf(t bench.Trial) string {
	if t.Phase == fmt.Sprintf("%gx", t.Multiple) {
		return formatMultiple(t.Multiple)
	}
	return t.Phase
}

// doubt is what keeps a reader from believing a figure, such as "invalid,
// diverging"; empty if there is nothing.
func doubt(c stats.Point) string {
	var words []string
	if !c.Valid() {
		words = append(words, "invalid")
	}
	if c.Diverging() {
		words = append(words, "diverging")
	}
	return strings.Join(words, ", ")
}

// remark is doubt with the growth of the backlog, where that is known.
func remark(c stats.Point) string {
	text := doubt(c)
	if slope := c.Each(func(t bench.Trial) float64 { return t.Validity.InFlightSlope }).Median; c.Diverging() && slope >= 1 {
		text += " by " + formatRate(slope) + "/s"
	}
	return text
}

// openPoints are the points whose requests had times to leave at.
func openPoints(points []stats.Point) []stats.Point {
	return those(sweepPoints(points), func(c stats.Point) bool { return c.Trials[0].Loop == "open" })
}

// phasesOf lists the phases of points in order of appearance.
func phasesOf(points []stats.Point) []string {
	var phases []string
	for _, c := range points {
		if !slices.Contains(phases, c.Phase) {
			phases = append(phases, c.Phase)
		}
	}
	return phases
}

// mostSpectra is how many loads a spectrum is drawn of.
const mostSpectra = 4

// byPhase splits points by load, without the lightest if there are many.
func byPhase(points []stats.Point) [][]stats.Point {
	var groups [][]stats.Point
	for _, phase := range phasesOf(points) {
		groups = append(groups, those(points, func(c stats.Point) bool { return c.Phase == phase }))
	}
	return groups[max(0, len(groups)-mostSpectra):]
}

// backgroundOf is the background of a point, or the zero background.
func backgroundOf(c stats.Point) bench.Background {
	if b := c.Trials[0].Background; b != nil {
		return *b
	}
	return bench.Background{}
}

// bytesEach is what a connection of the background costs the server.
func bytesEach(c stats.Point) stats.Estimate { return c.Each(bench.Trial.BytesEach) }

// Figures of a trial.
func attained(t bench.Trial) float64    { return t.Attainment.Float() }
func peakRSS(t bench.Trial) float64     { return t.Used().PeakRSS.Float() }
func peakThreads(t bench.Trial) float64 { return t.Used().PeakThreads.Float() }

// ratioOf is part of whole, 0 of nothing.
func ratioOf(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}
