package experiment

import (
	"time"

	"millpond/bench"
)

// recoveredShare of what is offered, over recoveryWindow, is a recovered server.
const (
	recoveredShare = 0.9
	recoveryWindow = time.Second
)

// recovery finds out when a server came back from a trigger: from when on every
// window keeps goodput near what is offered.
func recovery(t *bench.Trial, from, to float64) *bench.Recovery {
	r := &bench.Recovery{From: from, To: to}
	window := max(1, int(recoveryWindow.Seconds()/t.BinWidth))
	var after []bench.Bin
	for _, b := range t.Series {
		if b.At >= to {
			after = append(after, b)
			r.Lost += b.Offered - b.Outcomes.OK
		}
	}
	good := len(after) // the first window from which on all are good
	for i := len(after) - window; i >= 0; i-- {
		var offered, ok int64
		for _, b := range after[i : i+window] {
			offered += b.Offered
			ok += b.Outcomes.OK
		}
		if float64(ok) < recoveredShare*float64(offered) {
			break
		}
		good = i
	}
	if good < len(after) {
		r.After = bench.Known(after[good].At - to)
	}
	r.Watched = float64(len(after)-window) * t.BinWidth
	return r
}
