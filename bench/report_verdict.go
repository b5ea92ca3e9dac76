package bench

import (
	"fmt"
	"html/template"
	"math"
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
	// Color is that of the target in the charts, in CSS; Share is the length of a
	// bar, 0 to 1.
	Color template.CSS
	Share float64
}

// Width is the length of the tile's bar in CSS.
func (t tile) Width() template.CSS { return template.CSS(fmt.Sprintf("%.1f%%", 100*t.Share)) }

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
	var kept []string
	for i, c := range at {
		goodput := c.goodput().median
		share := ratioOf(goodput, able)
		text := c.target + " " + formatShare(share)
		if i < 2 {
			text = c.target + " kept " + formatShare(share)
		}
		if i == 0 {
			text += " of " + ofWhat + " as goodput"
		}
		if !c.valid() {
			text += " (an invalid point)"
		}
		kept = append(kept, text)
		k := s.looks[c.target].color
		v.Tiles = append(v.Tiles, tile{
			Name: c.target, Value: formatShare(share), Share: min(share, 1), Color: cssColor(k),
			Note: fmt.Sprintf("%s of %s/s", formatRate(goodput), formatRate(able)),
		})
	}
	v.Headline = fmt.Sprintf("At %s capacity (%s requests/s) %s.", formatMultiple(m), formatRate(at[0].rate()), joinKept(kept))
	v.Points = append(v.Points, s.latencyPoint(at[0]))
	if text := s.resourcePoint(); text != "" {
		v.Points = append(v.Points, text)
	}
	v.Points = append(v.Points, trialsPoint(at[0]))
	v.Costs = s.costs()
	return v
}

// joinKept separates the subject from its rivals.
func joinKept(kept []string) string {
	if len(kept) == 1 {
		return kept[0]
	}
	return kept[0] + "; " + listed(kept[1:])
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
		if !math.IsNaN(rss) {
			parts = append(parts, fmt.Sprintf("%s %s and %s threads", c.target, formatBytes(rss), formatRate(threads)))
		}
	}
	if len(parts) == 0 {
		return ""
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
		v.Points = append(v.Points, fmt.Sprintf("%s at %s requests/s: %s in time, %s/s; p50 %s, p99 %s of what was served, p99 %s of all that was offered.",
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
