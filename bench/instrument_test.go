package bench

import (
	"strings"
	"testing"
)

func TestInstrumentThatCannotBeTrusted(t *testing.T) {
	queues := func(agree ...bool) []QueueCheck {
		var all []QueueCheck
		for _, a := range agree {
			all = append(all, QueueCheck{Agrees: a})
		}
		return all
	}
	for _, c := range []struct {
		name  string
		in    Instrument
		fault string // empty: it can
	}{
		{"all is well", Instrument{MaxRate: 80_000, Queues: queues(true, true, true)}, ""},
		{"one of three", Instrument{MaxRate: 80_000, Queues: queues(false, true, false)}, "1 of 3 mean waits agree"},
		{"two of three", Instrument{MaxRate: 80_000, Queues: queues(true, true, false)}, "2 of 3 mean waits agree"},
		{"none was measured", Instrument{MaxRate: 80_000}, "0 of 0"},
		{"slow", Instrument{MaxRate: 10_000, Queues: queues(true)}, "up to 10000 requests/s only"},
		{"slower than wrk", Instrument{MaxRate: 80_000, Queues: queues(true), WrkRate: Known(90_000), ClosedRate: Known(80_000)}, "wrk reached 90000"},
		{"as fast as wrk", Instrument{MaxRate: 80_000, Queues: queues(true), WrkRate: Known(90_000), ClosedRate: Known(85_000)}, ""},
	} {
		if got := c.in.Fault(); (got == "") != (c.fault == "") || !strings.Contains(got, c.fault) {
			t.Errorf("%s: fault %q, want %q", c.name, got, c.fault)
		}
		r := Result{Runs: []Run{{Kind: "check", Instrument: &c.in, Trials: []Trial{{Search: true}}}}}
		if r.Valid() != (c.fault == "") {
			t.Errorf("%s: the result is valid: %v", c.name, r.Valid())
		}
	}
}
