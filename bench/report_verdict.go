package bench

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
)

// verdict is the answer of a run in words, with its figures.
type verdict struct {
	// Headline is the one sentence to remember.
	Headline string
	// Tiles show the figures of the headline, one for each target.
	Tiles []tile
	// Points say what else a reader should take along.
	Points []string
	// Costs say where the subject, the first target, does not help or is worse.
	Costs []string
}

// tile is one figure of a headline.
type tile struct {
	Name, Value, Note string
	// Color is that of the target in the charts, in CSS. Share is drawn as a bar,
	// which is full at 1.
	Color template.CSS
	Share float64
}

// Width is the length of the tile's bar in CSS.
func (t tile) Width() template.CSS { return template.CSS(fmt.Sprintf("%.1f%%", 100*min(t.Share, 1))) }

// verdict says what r found.
func (r *Run) verdict() verdict {
	switch r.Kind {
	case "contrast":
		return newSweep(r).verdict()
	case "pulse", "retry":
		return r.recoveryVerdict()
	case "idle":
		return r.crowdVerdict()
	case "size":
		if r.Sizing != nil {
			return verdict{Headline: r.Sizing.sentence()}
		}
	case "check":
		if r.Instrument != nil {
			return r.Instrument.verdict()
		}
	}
	return r.plainVerdict()
}

// verdict compares targets at about three times capacity.
func (s sweep) verdict() verdict {
	m, ok := s.contrastMultiple()
	if !ok {
		return s.run.plainVerdict()
	}
	at := s.at(m)
	able, ofWhat := s.able(at[0].target)
	var v verdict
	for _, c := range at {
		goodput := c.goodput().median
		share := ratioOf(goodput, able)
		t := tile{
			Name: c.target, Value: formatShare(share), Share: share, Color: cssColor(s.looks[c.target].color),
			Note: fmt.Sprintf("%s of %s/s", formatRate(goodput), formatRate(able)),
		}
		if !c.valid() {
			t.Note += ", invalid"
		}
		v.Tiles = append(v.Tiles, t)
	}
	v.Headline = fmt.Sprintf("At %s capacity (%s requests/s) %s kept %s of %s as goodput%s.", formatMultiple(m), formatRate(at[0].rate()),
		at[0].target, v.Tiles[0].Value, ofWhat, rivalsKept(v.Tiles[1:]))
	v.Points = append(v.Points, s.latencyPoint(at[0]))
	if text := s.resourcePoint(); text != "" {
		v.Points = append(v.Points, text)
	}
	if invalid := invalidTargets(at); len(invalid) > 0 {
		v.Points = append(v.Points, fmt.Sprintf("At this load the figures of %s are invalid: see Validity.", listed(invalid)))
	}
	v.Points = append(v.Points, trialsPoint(at[0]))
	v.Costs = s.costs()
	return v
}

// manyRivals is from how many on a sentence gives their range instead of each.
const manyRivals = 5

// rivalsKept is the end of a headline.
func rivalsKept(tiles []tile) string {
	if len(tiles) == 0 {
		return ""
	}
	if len(tiles) < manyRivals {
		var parts []string
		for _, t := range tiles {
			parts = append(parts, t.Name+" "+t.Value)
		}
		return "; " + strings.Replace(listed(parts), " ", " kept ", 1)
	}
	byShare := func(a, b tile) int { return cmp.Compare(a.Share, b.Share) }
	least, most := slices.MinFunc(tiles, byShare), slices.MaxFunc(tiles, byShare)
	return fmt.Sprintf("; the %d others from %s (%s) to %s (%s)", len(tiles), least.Value, least.Name, most.Value, most.Name)
}

func invalidTargets(cells []cell) []string {
	var names []string
	for _, c := range cells {
		if !c.valid() {
			names = append(names, c.target)
		}
	}
	return names
}

// contrastMultiple is the load above capacity nearest to contrastLoad.
func (s sweep) contrastMultiple() (float64, bool) {
	best := 0.0
	for _, c := range s.cells {
		if m := c.multiple(); m > 1 && (best == 0 || math.Abs(m-contrastLoad) < math.Abs(best-contrastLoad)) {
			best = m
		}
	}
	return best, best > 0
}

// able is what goodput is measured against, the same for all targets: the
// capacity, or where none was measured the best goodput of the subject in a
// steady state. What a diverging server answers includes what it does after the
// load has ended, so that is no measure of what it can do.
func (s sweep) able(subject string) (rate float64, name string) {
	if s.run.Capacity > 0 {
		return s.run.Capacity, "capacity"
	}
	for _, c := range s.cells {
		if c.target == subject && !c.diverging() {
			rate = max(rate, c.goodput().median)
		}
	}
	return rate, "its best"
}

func (s sweep) latencyPoint(c cell) string {
	o := c.outcomes()
	text := fmt.Sprintf("There, %s answered %s of all requests in time, with a p99 of %s among all that it served", c.target,
		formatShare(ratioOf(float64(o.OK), float64(o.Sum()))), formatTail(c.quantile(0.99, servedOf)))
	if o.Shed > 0 {
		text += fmt.Sprintf(", and refused %s with a clear answer that took %s (p99)", formatShare(ratioOf(float64(o.Shed), float64(o.Sum()))),
			formatTail(c.quantile(0.99, shedOf)))
	}
	if c.offeredTail().infinite {
		text += "; over all that was offered its p99 is infinite, as that of any server must be here"
	}
	return text + "."
}

// resourcePoint compares memory and threads at the highest load.
func (s sweep) resourcePoint() string {
	highest := 0.0
	for _, c := range s.cells {
		highest = max(highest, c.multiple())
	}
	var parts []string
	for _, c := range s.at(highest) {
		rss := c.server(func(v *Server) float64 { return float64(v.PeakRSS) }).median
		threads := c.server(func(v *Server) float64 { return float64(v.PeakThreads) }).median
		if !math.IsNaN(rss) && !math.IsNaN(threads) {
			parts = append(parts, fmt.Sprintf("%s %s and %s", c.target, formatBytes(rss), counted(int(threads), "thread")))
		}
	}
	if len(parts) == 0 || len(parts) > manyRivals {
		return "" // a chart shows it better
	}
	return fmt.Sprintf("At %s capacity the servers needed, at their peaks: %s.", formatMultiple(highest), strings.Join(parts, "; "))
}

// trialsPoint says how much the figures can bear.
func trialsPoint(c cell) string {
	switch n := len(c.trials); {
	case n == 1:
		return "Each figure is from one trial, so small differences mean nothing; --trials 6 gives intervals."
	case n < intervalTrials:
		return fmt.Sprintf("Each figure is the median of %d trials, shown with their range; from --trials %d on there are intervals.", n, intervalTrials)
	default:
		return fmt.Sprintf("Each figure is the median of %d trials, with a 95 %% confidence interval.", n)
	}
}

// plainVerdict describes each cell in one sentence.
func (r *Run) plainVerdict() verdict {
	var v verdict
	for _, c := range r.cells() {
		v.Points = append(v.Points, fmt.Sprintf("%s at %s requests/s: %s in time (%s/s); p50 %s and p99 %s of what was served, p99 %s of all that was offered.",
			c.target, formatRate(c.rate()), formatShare(c.each(func(t Trial) float64 { return t.Attainment }).median),
			formatRate(c.goodput().median), formatTail(c.quantile(0.5, servedOf)), formatTail(c.quantile(0.99, servedOf)), formatTail(c.offeredTail())))
	}
	if len(v.Points) == 0 {
		v.Headline = "Nothing was measured."
	} else {
		v.Headline, v.Points = v.Points[0], v.Points[1:]
	}
	return v
}
