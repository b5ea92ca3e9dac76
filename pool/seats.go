package pool

import "time"

// running is what tasks at work need: a seat, and a context.
type running struct {
	seats
	contexts
}

// seats is a table of the running tasks: each has a seat for as long as it
// runs. The table is as long as the most tasks that ever ran at once. The zero
// table is empty. It is not safe for concurrent use.
type seats struct {
	since []time.Duration // by seat: when its task started, or vacant
	free  []int           // the vacant seats; the last one vacated is used next
}

// vacant marks a seat without a task. A task never starts at such a time.
const vacant time.Duration = -1

// occupy gives a seat to a task that starts now.
func (s *seats) occupy(now time.Duration) (seat int) {
	last := len(s.free) - 1
	if last < 0 {
		s.since = append(s.since, now)
		return len(s.since) - 1
	}
	seat, s.free = s.free[last], s.free[:last]
	s.since[seat] = now
	return seat
}

// vacate takes the task off a seat.
func (s *seats) vacate(seat int) {
	s.since[seat] = vacant
	s.free = append(s.free, seat)
}

// ages returns the sum of the ages of all running tasks, and the highest.
func (s *seats) ages(now time.Duration) (sum, longest time.Duration) {
	for _, since := range s.since {
		if since != vacant {
			sum += now - since
			longest = max(longest, now-since)
		}
	}
	return sum, longest
}
