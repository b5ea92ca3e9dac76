package metrics

import "millpond/server"

// A Snapshot is what a Collector knows at one time, for those who show it
// without Prometheus. What is not measured is zero: see Stats.
type Snapshot struct {
	server.Stats

	Responses Durations // of the handler
	Waits     Durations // in the queue, of what was started
	Runs      Durations // on a worker
}

// Snapshot takes one. It costs some microseconds for each route.
func (c *Collector) Snapshot() Snapshot {
	s := Snapshot{Stats: c.stats()}
	if c.requests != nil {
		s.Responses = durationsOf(c.requests.duration.each()...)
	}
	if c.tasks != nil {
		s.Waits, s.Runs = durationsOf(c.tasks.started), durationsOf(c.tasks.completed)
	}
	return s
}

// Episodes returns the last times of overload that are over, the oldest first.
func (c *Collector) Episodes() []Episode {
	if c.tasks == nil {
		return nil
	}
	return c.tasks.lastEpisodes()
}
