package report

import (
	"fmt"
	"slices"

	"millpond/bench"
	"millpond/bench/stats"
)

// The least shares of requests in time, of loads far and just below capacity,
// with which a server is taken to work at all.
const (
	calmLoad, calmShare = 0.75, 0.99
	nearShare           = 0.9
)

// troubles says of each server what is wrong with it whatever the load: it died,
// its counters lie, or it fails requests that it could have served. A reader must
// know that before anything else.
func troubles(r *bench.Run) []string {
	all := slices.Clone(r.Refused)
	for _, server := range stats.Servers(r) {
		if text := trouble(r, server); text != "" {
			all = append(all, server+" "+text)
		}
	}
	return all
}

// trouble is that of one server. What was not sent is the generator's fault.
func trouble(r *bench.Run, server string) string {
	for _, t := range r.Trials {
		switch {
		case t.Server != server:
		case t.Broken():
			return t.Fault + at(t)
		case r.Kind == "size" || t.Phase == bench.PhaseCapacity: // too much load is their nature
		case len(t.Phases) > 0:
			if text := early(t); text != "" {
				return text
			}
		case t.Multiple > 0 && t.Multiple < 1:
			least := nearShare
			if t.Multiple <= calmLoad {
				least = calmShare
			}
			if sent := t.Offered - t.Outcomes.Unsent; float64(t.Outcomes.OK) < least*float64(sent) {
				return failed(t.Outcomes) + at(t)
			}
		}
	}
	return ""
}

// early judges what came before the trigger of a load that changes.
func early(t bench.Trial) string {
	var o bench.Outcomes
	for _, b := range t.Series {
		if b.At >= 0 && b.At < t.Phases[0].To {
			o = o.Plus(b.Outcomes)
		}
	}
	if sent := o.Sum() - o.Unsent; float64(o.OK) < calmShare*float64(sent) {
		return failed(o) + " before any overload" + inDoubt(t)
	}
	return ""
}

// failed says how many requests were not answered in time, and why.
func failed(o bench.Outcomes) string {
	why := o.Failures()
	if o.Late > 0 {
		why = listed(slices.DeleteFunc([]string{counted(int(o.Late), "late answer"), why}, func(s string) bool { return s == "" }))
	}
	return fmt.Sprintf("answered only %s of the requests in time (%s)", formatShare(ratioOf(float64(o.OK), float64(o.Sum()))), why)
}

// at is the load of a trial in a sentence, and whether that can be believed.
func at(t bench.Trial) string {
	text := ""
	if t.Multiple > 0 {
		text = " at " + formatMultiple(t.Multiple) + " capacity"
	}
	return text + inDoubt(t)
}

// inDoubt says that a trial cannot be believed, unless that is the server's own fault.
func inDoubt(t bench.Trial) string {
	if t.Fault == "" && !t.Validity.Valid {
		return ", in a trial that is not valid"
	}
	return ""
}
