package report

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// verdict is the answer of a run in words, with its figures.
type verdict struct {
	// Headline is the one sentence to remember.
	Headline string
	// Tiles show the figures of the headline, one for each server.
	Tiles []tile
	// Points say what else a reader should take along.
	Points []string
	// Tradeoffs say where the name, the first server, does not help or is worse.
	Tradeoffs []string
}

// tile is one figure of a headline.
type tile struct {
	Name, Value, Note string
	// Color is that of the server in the charts, in CSS. Share is drawn as a bar,
	// which is full at 1.
	Color template.CSS
	Share float64
	// Doubt is a word beside the value where that is not to be taken as it is.
	Doubt string
}

// inWords is the tile in a sentence.
func (t tile) inWords() string {
	if t.Doubt != "" {
		return fmt.Sprintf("%s (%s)", t.Value, t.Doubt)
	}
	return t.Value
}

// Width is the length of the tile's bar in CSS.
func (t tile) Width() template.CSS { return template.CSS(fmt.Sprintf("%.1f%%", 100*min(t.Share, 1))) }

// verdictOf says what r found, and before that what is wrong with the servers.
func verdictOf(r *bench.Run) verdict {
	v := answerOf(r)
	if r.Kind == "load" || len(r.Targets) > 0 { // that says so itself; there controls are to fail
		return v
	}
	if wrong := troubles(r); len(wrong) > 0 {
		v.Headline = strings.Join(wrong, "; ") + ". " + v.Headline
	}
	return v
}

func answerOf(r *bench.Run) verdict {
	switch r.Kind {
	case "contrast":
		return newSweep(r).verdict()
	case "load":
		if len(r.Trials) > 0 {
			return loadVerdict(r)
		}
	case "pulse", "retry":
		return recoveryVerdict(r)
	case "idle":
		return idleVerdict(r)
	case "overload", "proxy":
		return targetsVerdict(r)
	case "limit":
		if r.Limit != nil {
			return limitVerdict(r.Limit)
		}
	case "versus":
		if c, err := stats.Versus(r); err == nil {
			return verdict{Headline: comparisonVerdict(c.Differences), Points: c.Notes}
		}
	case "size":
		if r.Sizing != nil {
			return verdict{Headline: r.Sizing.Answer}
		}
	case "check":
		if r.Instrument != nil {
			return instrumentVerdict(r.Instrument)
		}
	}
	return plainVerdict(r)
}

// verdict compares servers at about three times capacity.
func (s sweep) verdict() verdict {
	m, ok := s.contrastMultiple()
	if !ok {
		return plainVerdict(s.run)
	}
	at := s.at(m)
	able, ofWhat := s.able()
	var v verdict
	for _, c := range at {
		goodput := c.Goodput().Median
		share := ratioOf(goodput, able)
		t := tile{
			Name: c.Server, Value: formatShare(share), Share: share, Color: chart.CSSColor(s.looks[c.Server].Color),
			Note: fmt.Sprintf("%s of %s/s", formatRate(goodput), formatRate(able)),
		}
		if t.Doubt = doubt(c); t.Doubt != "" {
			t.Note += ", " + t.Doubt
		}
		v.Tiles = append(v.Tiles, t)
	}
	v.Headline = fmt.Sprintf("At %s capacity (%s requests/s) %s kept %s of %s as goodput%s.", formatMultiple(m), formatRate(at[0].Rate()),
		at[0].Server, v.Tiles[0].inWords(), ofWhat, othersKept(v.Tiles[1:]))
	v.Points = append(v.Points, s.latencyPoint(at[0]))
	if text := s.resourcePoint(); text != "" {
		v.Points = append(v.Points, text)
	}
	if invalid := invalidServers(at); len(invalid) > 0 {
		v.Points = append(v.Points, fmt.Sprintf("At this load the figures of %s are invalid: see Validity.", listed(invalid)))
	}
	v.Points = append(v.Points, trialsPoint(at[0]))
	v.Tradeoffs = s.tradeoffs()
	return v
}

// manyOthers is from how many on a sentence gives their range instead of each.
const manyOthers = 5

// othersKept is the end of a headline.
func othersKept(tiles []tile) string {
	if len(tiles) == 0 {
		return ""
	}
	if len(tiles) < manyOthers {
		var parts []string
		for _, t := range tiles {
			parts = append(parts, t.Name+" "+t.inWords())
		}
		return "; " + strings.Replace(listed(parts), " ", " kept ", 1)
	}
	byShare := func(a, b tile) int { return cmp.Compare(a.Share, b.Share) }
	least, most := slices.MinFunc(tiles, byShare), slices.MaxFunc(tiles, byShare)
	return fmt.Sprintf("; the %d others from %s (%s) to %s (%s)", len(tiles), least.Value, least.Name, most.Value, most.Name)
}

func invalidServers(points []stats.Point) []string {
	var names []string
	for _, c := range points {
		if !c.Valid() {
			names = append(names, c.Server)
		}
	}
	return names
}

// contrastMultiple is the load above capacity nearest to contrastLoad.
func (s sweep) contrastMultiple() (float64, bool) {
	best := 0.0
	for _, c := range s.points {
		if m := c.Multiple(); m > 1 && (best == 0 || math.Abs(m-contrastLoad) < math.Abs(best-contrastLoad)) {
			best = m
		}
	}
	return best, best > 0
}

// able is what goodput is measured against, the same for all servers: the
// capacity, or the best goodput of any of them where that is more, so that nobody
// keeps more than there is.
func (s sweep) able() (rate float64, name string) {
	rate, name = s.run.Capacity, "capacity"
	for _, c := range s.points {
		if best := c.Goodput().Median; best > rate {
			rate, name = best, "the best goodput seen"
		}
	}
	return rate, name
}

func (s sweep) latencyPoint(c stats.Point) string {
	o := c.Outcomes()
	text := fmt.Sprintf("There, %s answered %s of all requests in time, with a p99 of %s among all that it served", c.Server,
		formatShare(ratioOf(float64(o.OK), float64(o.Sum()))), formatTail(c.Quantile(0.99, stats.Served)))
	if o.Shed > 0 {
		text += fmt.Sprintf(", and refused %s with a clear answer that took %s (p99)", formatShare(ratioOf(float64(o.Shed), float64(o.Sum()))),
			formatTail(c.Quantile(0.99, stats.Shed)))
	}
	if c.OfferedTail().Infinite() {
		text += "; over all that was offered its p99 is infinite, as that of any server must be here"
	}
	return text + "."
}

// resourcePoint compares memory and threads at the highest load.
func (s sweep) resourcePoint() string {
	highest := 0.0
	for _, c := range s.points {
		highest = max(highest, c.Multiple())
	}
	var parts []string
	for _, c := range s.at(highest) {
		rss := c.Each(peakRSS).Median
		threads := c.Each(peakThreads).Median
		if !math.IsNaN(rss) && !math.IsNaN(threads) {
			parts = append(parts, fmt.Sprintf("%s %s and %s", c.Server, formatBytes(rss), counted(int(threads), "thread")))
		}
	}
	if len(parts) == 0 || len(parts) > manyOthers {
		return "" // a chart shows it better
	}
	return fmt.Sprintf("At %s capacity the servers needed, at their peaks: %s.", formatMultiple(highest), strings.Join(parts, "; "))
}

// trialsPoint says how much the figures can bear.
func trialsPoint(c stats.Point) string {
	switch n := len(c.Trials); {
	case n == 1:
		return "Each figure is from one trial, so small differences mean nothing; --trials 6 gives intervals."
	case n < stats.IntervalTrials:
		return fmt.Sprintf("Each figure is the median of %d trials, shown with their range; from --trials %d on there are intervals.", n, stats.IntervalTrials)
	default:
		return fmt.Sprintf("Each figure is the median of %d trials, with a 95 %% confidence interval.", n)
	}
}

// plainVerdict describes each point in one sentence.
func plainVerdict(r *bench.Run) verdict {
	var v verdict
	for _, c := range stats.Points(r) {
		text := fmt.Sprintf("%s at %s requests/s: %s in time (%s/s); p50 %s and p99 %s of what was served, p99 %s of all that was offered",
			c.Server, formatRate(c.Rate()), formatShare(c.Each(attained).Median),
			formatRate(c.Goodput().Median), formatTail(c.Quantile(0.5, stats.Served)), formatTail(c.Quantile(0.99, stats.Served)), formatTail(c.OfferedTail()))
		if mark := doubt(c); mark != "" {
			text += " (" + mark + ")"
		}
		v.Points = append(v.Points, text+".")
	}
	if len(v.Points) == 0 {
		v.Headline = "Nothing was measured."
	} else {
		v.Headline, v.Points = v.Points[0], v.Points[1:]
	}
	return v
}
