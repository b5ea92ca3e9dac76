package policy

import "time"

// gapWeight is the share that a new gap has in the mean: one part in 32, so
// that the mean follows a change within some fifty dequeues.
const gapWeight = 32

// longestGap bounds what one gap adds to the mean, so that a stall of all
// workers does not pass for slow service long after it is over.
const longestGap = time.Second

// gaps estimates the time between two dequeues while items wait: the inverse of
// the rate at which the backlog drains. The zero gaps has no estimate.
type gaps struct {
	mean    time.Duration // exponentially weighted; 0 until there was a gap
	last    time.Duration // when an item was last dequeued
	waiting bool          // items have waited ever since
}

// dequeued takes note of a dequeue after which so many items are left.
func (g *gaps) dequeued(now time.Duration, left int) {
	if g.waiting {
		gap := min(now-g.last, longestGap)
		if g.mean == 0 {
			g.mean = gap
		}
		g.mean += (gap - g.mean) / gapWeight
	}
	g.last, g.waiting = now, left > 0
}
