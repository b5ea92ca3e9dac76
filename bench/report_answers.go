package bench

import (
	"fmt"
	"strings"
)

// recoveryVerdict says how long each target took to come back.
func (r *Run) recoveryVerdict() verdict {
	var v verdict
	var parts []string
	looks := looksOf(r.targets())
	for _, c := range r.cells() {
		text, value, ok := c.recovery()
		if !ok {
			continue
		}
		k := looks[c.target].color
		parts = append(parts, c.target+" "+text)
		v.Tiles = append(v.Tiles, tile{Name: c.target, Value: value, Note: "to recover", Color: cssColor(k)})
	}
	if len(parts) == 0 {
		return r.plainVerdict()
	}
	what := "After the pulse of overload, "
	if r.Kind == "retry" {
		what = "With clients that retry, once the trigger was gone, "
	}
	v.Headline = what + strings.Join(parts, "; ") + "."
	return v
}

// recovery tells in words, and in one figure, how a cell came back.
func (c cell) recovery() (text, value string, ok bool) {
	var after []float64
	lost, judged := int64(0), 0
	for _, t := range c.trials {
		if t.Recovery == nil {
			continue
		}
		judged++
		lost += t.Recovery.Lost
		if t.Recovery.After != nil {
			after = append(after, *t.Recovery.After)
		}
	}
	switch {
	case judged == 0:
		return "", "", false
	case len(after) == 0:
		return fmt.Sprintf("had not recovered when the trial ended (%s requests lost)", formatCount(lost)), "never", true
	case len(after) < judged:
		value := fmt.Sprintf("%d of %d", len(after), judged)
		return fmt.Sprintf("recovered in %s trials (%s requests lost)", value, formatCount(lost)), value, true
	}
	e := estimateOf(after)
	if e.high == 0 {
		return fmt.Sprintf("was back at once (%s requests lost)", formatCount(lost)), "at once", true
	}
	value = formatEstimate(e, formatSeconds)
	return fmt.Sprintf("was back within %s (%s requests lost)", value, formatCount(lost)), value, true
}

// crowdVerdict compares the probe alone with the probe beside the crowd that
// troubled it most.
func (r *Run) crowdVerdict() verdict {
	var v verdict
	for _, group := range byTarget(r.cells()) {
		var alone, worst *cell
		for i, c := range group {
			switch {
			case c.background().Connections == 0:
				alone = &group[i]
			case worst == nil || slower(c.offeredTail(), worst.offeredTail()):
				worst = &group[i]
			}
		}
		if worst == nil {
			continue
		}
		b := worst.background()
		text := fmt.Sprintf("With %s the probe's p99 was at worst %s, beside %s %s connections", group[0].target,
			formatTail(worst.offeredTail()), formatCount(int64(b.Connections)), b.Kind)
		if alone != nil {
			text += ", and " + formatTail(alone.offeredTail()) + " alone"
		}
		v.Points = append(v.Points, text+".")
	}
	if len(v.Points) == 0 {
		return r.plainVerdict()
	}
	v.Headline, v.Points = v.Points[0], v.Points[1:]
	return v
}

func slower(a, b tail) bool {
	return a.infinite && !b.infinite || a.median > b.median
}

func (i *Instrument) verdict() verdict {
	v := verdict{Headline: fmt.Sprintf("On this machine the generator can be trusted up to %s requests/s.", formatRate(i.MaxRate))}
	if i.LagP99At20k > 0 {
		v.Points = append(v.Points, fmt.Sprintf("At 20,000 requests/s, 99 %% of requests left within %s of their time.", formatSeconds(i.LagP99At20k)))
	}
	if i.WrkRate > 0 {
		v.Points = append(v.Points, fmt.Sprintf("wrk, closed loop, reached %s requests/s at the same server.", formatRate(i.WrkRate)))
	}
	agree := 0
	for _, e := range i.ErlangC {
		if e.Agrees {
			agree++
		}
	}
	if n := len(i.ErlangC); n > 0 {
		v.Points = append(v.Points, fmt.Sprintf("%d of %d mean waits agree with an ideal queue and with Erlang's formula.", agree, n))
	}
	return v
}
