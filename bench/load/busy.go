package load

import "millpond/bench"

// busy is the list of busy connections, in the order of their deadlines.
type busy struct{ oldest, newest int32 }

// noSlot ends it.
const noSlot = -1

// link appends c to the list of busy connections: attempts are taken in the
// order of their deadlines.
func (l *loop) link(c *conn, now int64) {
	c.older, c.newer = l.newest, noSlot
	if l.newest == noSlot {
		l.oldest = c.slot
	} else {
		l.conns[l.newest].newer = c.slot
	}
	l.newest = c.slot
	l.rec.move(now, 1)
}

func (l *loop) unlink(c *conn, now int64) {
	if c.older == noSlot {
		l.oldest = c.newer
	} else {
		l.conns[c.older].newer = c.newer
	}
	if c.newer == noSlot {
		l.newest = c.older
	} else {
		l.conns[c.newer].older = c.older
	}
	l.rec.move(now, -1)
}

// expire gives up on requests whose deadline has passed.
func (l *loop) expire(now int64) {
	for l.oldest != noSlot {
		c := &l.conns[l.oldest]
		if c.attempt.due+l.plan.timeout > now {
			return
		}
		l.finish(c, bench.Timeout, now)
		l.drop(c)
	}
}
