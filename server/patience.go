package server

import (
	"millpond/server/internal/http1"
	"millpond/server/internal/poll"
)

// bodyPatience is that for a body.
func (c *conn) bodyPatience() patience {
	e := c.engine
	p := patience{pace: http1.NewPace(e.http.MinRate)}
	if e.readTimeout > 0 {
		p.due = c.request.in.Began() + e.readTimeout
	}
	return p
}

// replyPatience is that for an answer to be taken.
func (c *conn) replyPatience() patience {
	x := c.request.exchange
	if x == nil {
		return patience{pace: http1.NewPace(c.engine.http.MinRate)}
	}
	o := x.Outcome()
	return patience{pace: o.Pace, due: o.Due}
}

// beginWait has c wait with patience.
func (c *conn) beginWait(p patience) {
	p.since = c.engine.now()
	c.request.timed, c.request.patience = true, p
	c.armAt(p.since)
}

// waitOn reports whether c may wait longer for its client, which has moved so
// many bytes, and if so begins to.
func (c *conn) waitOn(moved int64) bool {
	p, now := &c.request.patience, c.engine.now()
	p.pace.Waited(now-p.since, moved)
	if p.pace.Left() <= 0 || p.due != 0 && now >= p.due {
		return false
	}
	p.since, p.moved = now, moved
	stalls := c.state == stateBuffering && c.request.in.IsLarge() // it may: that is looked for at any pace
	if p.due == 0 && p.pace.Endless() && !stalls {
		c.parking.Clear(poll.Expired) // and look no more
		return true
	}
	c.armAt(now)
	return true
}
