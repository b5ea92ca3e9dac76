package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"millpond/bench"
	"millpond/bench/report/chart"
	"millpond/bench/stats"
)

// loadVerdict is the first line of a load, with its figures.
func loadVerdict(r *bench.Run) verdict {
	c := stats.Points(r)[0]
	v := verdict{Headline: strings.TrimSuffix(trialVerdict(&c.Trials[0]), ".")}
	if p99 := c.Quantile(0.99, stats.Served); !math.IsNaN(p99.Median) {
		v.Headline += fmt.Sprintf(": %s/s of %s/s, with a p50 of %s and a p99 of %s among what was served", formatRate(c.Goodput().Median),
			formatRate(c.Rate()), formatTail(c.Quantile(0.5, stats.Served)), formatTail(p99))
	}
	v.Headline += "."
	if mark := remark(c); c.Diverging() {
		v.Points = append(v.Points, "There was no steady state ("+mark+"): the backlog grew until clients gave up.")
	}
	return v
}

// recoveryVerdict says how long each server took to come back.
func recoveryVerdict(r *bench.Run) verdict {
	var v verdict
	type ending struct {
		text    string
		servers []string
	}
	var ends []ending
	looks := chart.LooksOf(stats.Servers(r))
	for _, c := range stats.Points(r) {
		text, value, lost, ok := recoveryOf(c)
		if !ok {
			continue
		}
		k, name, mark := looks[c.Server].Color, c.Server, doubt(c)
		if mark != "" {
			name += " (" + mark + ")"
		}
		if i := slices.IndexFunc(ends, func(e ending) bool { return e.text == text }); i >= 0 {
			ends[i].servers = append(ends[i].servers, name)
		} else {
			ends = append(ends, ending{text, []string{name}})
		}
		v.Tiles = append(v.Tiles, tile{Name: c.Server, Value: value, Note: "to recover; " + formatCount(lost) + " later requests lost", Color: chart.CSSColor(k), Doubt: mark})
	}
	if len(ends) == 0 {
		return plainVerdict(r)
	}
	var parts []string
	for _, e := range ends {
		if rest, ok := strings.CutPrefix(e.text, "was "); ok && len(e.servers) > 1 {
			e.text = "were " + rest
		}
		parts = append(parts, listed(e.servers)+" "+e.text)
	}
	what := "After the pulse of overload, "
	if r.Kind == "retry" {
		what = "With clients that retry, once the trigger was gone, "
	}
	v.Headline = what + strings.Join(parts, "; ") + "."
	return v
}

// recoveryOf tells in words, and in one figure, how a point came back, and how many
// of the requests after the trigger were lost. A trial that
// ended first counts as one of more than it lasted.
func recoveryOf(c stats.Point) (text, value string, lost int64, ok bool) {
	watched := math.Inf(1)
	e := c.Each(func(t bench.Trial) float64 {
		if t.Recovery == nil {
			return math.NaN()
		}
		lost += t.Recovery.Lost
		watched = min(watched, t.Recovery.Watched)
		return t.Recovery.After.Or(math.Inf(1))
	})
	after := func(s float64) string {
		if math.IsInf(s, 1) {
			return "> " + formatSeconds(watched)
		}
		return formatSeconds(s)
	}
	value = formatEstimate(e, after)
	switch {
	case len(e.Values) == 0:
		return "", "", 0, false
	case e.High == 0:
		text, value = "was back at once", "at once"
	case math.IsInf(e.Median, 1):
		text = fmt.Sprintf("had not recovered %s later, when the trial ended", formatSeconds(watched))
	default:
		text = "was back within " + value
	}
	return text, value, lost, true
}

// idleVerdict compares the probe alone with the probe beside the background that
// troubled it most.
func idleVerdict(r *bench.Run) verdict {
	var v verdict
	for _, group := range byServer(stats.Points(r)) {
		var alone, worst *stats.Point
		for i, c := range group {
			switch {
			case backgroundOf(c).Connections == 0:
				alone = &group[i]
			case worst == nil || slower(c.OfferedTail(), worst.OfferedTail()):
				worst = &group[i]
			}
		}
		if worst == nil {
			continue
		}
		b := backgroundOf(*worst)
		text := fmt.Sprintf("With %s the probe's p99 was at worst %s, beside %s %s connections", group[0].Server,
			formatTail(worst.OfferedTail()), formatCount(int64(b.Connections)), b.Kind)
		if alone != nil {
			text += ", and " + formatTail(alone.OfferedTail()) + " alone"
		}
		if mark := doubt(*worst); mark != "" {
			text += " (" + mark + ")"
		}
		v.Points = append(v.Points, text+".")
	}
	if len(v.Points) == 0 {
		return plainVerdict(r)
	}
	v.Headline, v.Points = v.Points[0], v.Points[1:]
	return v
}

func slower(a, b stats.Tail) bool {
	return a.Infinite() && !b.Infinite() || a.Median > b.Median
}

func instrumentVerdict(i *bench.Instrument) verdict {
	v := verdict{Headline: fmt.Sprintf("On this machine the generator can be trusted up to %s requests/s.", formatRate(i.MaxRate))}
	if fault := i.Fault(); fault != "" {
		return verdict{Headline: "On this machine, as it was, the instrument cannot be trusted: " + fault + "."}
	}
	if i.LagP99At20k.Known() {
		v.Points = append(v.Points, fmt.Sprintf("At 20,000 requests/s, 99 %% of requests left within %s of their time.", formatSeconds(i.LagP99At20k.Float())))
	}
	if i.WrkRate.Known() {
		v.Points = append(v.Points, fmt.Sprintf("In a closed loop at the same server wrk reached %s requests/s, this generator %s.",
			formatRate(i.WrkRate.Float()), formatRate(i.ClosedRate.Float())))
	}
	if n := len(i.Queues); n > 0 {
		v.Points = append(v.Points, fmt.Sprintf("%d of %d mean waits agree with those of an ideal queue.", i.Agreeing(), n))
	}
	return v
}

// limitVerdict is the answer of a search for the highest rate.
func limitVerdict(l *bench.Limit) verdict {
	v := verdict{Headline: fmt.Sprintf("No rate was found at which the server keeps %s", listed(l.Objectives))}
	if l.Rate.Known() {
		v.Headline = fmt.Sprintf("The server keeps %s up to %s requests/s", listed(l.Objectives), formatRate(l.Rate.Float()))
	}
	if l.Why != "" {
		v.Headline += ": " + l.Why
	}
	if l.Lost != nil {
		v.Headline += fmt.Sprintf("; at %s/s %s was lost: %s", formatRate(l.LostAt.Float()), l.Lost.Expression, Missed(*l.Lost))
	}
	v.Headline += "."
	return v
}
