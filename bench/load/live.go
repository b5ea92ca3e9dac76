package load

import "sync/atomic"

// Live shows a load while it runs. It is safe for concurrent use.
type Live struct {
	// Answered counts 2xx answers within the limit, those of the warm-up too.
	// InFlight is what is under way.
	Answered, InFlight atomic.Int64
}

// display keeps a Live up to date.
type display struct {
	live     *Live
	answered int64 // what it already knows
	flying   int64
}

// update tells what has changed.
func (d *display) update(inFlight, answered int64) {
	if d.live == nil || d.flying == inFlight && d.answered == answered {
		return
	}
	d.live.InFlight.Add(inFlight - d.flying)
	d.live.Answered.Add(answered - d.answered)
	d.flying, d.answered = inFlight, answered
}
