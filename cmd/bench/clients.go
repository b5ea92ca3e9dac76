package main

import (
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
)

// clients are what loads a target, whatever the load is.
type clients struct {
	Duration    time.Duration `help:"How long to measure." default:"${duration}" placeholder:"TIME"`
	Warmup      time.Duration `help:"How long to load before that." default:"${warmup}" placeholder:"TIME"`
	Timeout     time.Duration `help:"When a client gives up, from the intended send time." default:"1s" placeholder:"TIME"`
	Limit       time.Duration `help:"What counts as goodput, from the same time. Default: the timeout." placeholder:"TIME"`
	Connections int           `help:"Most connections open at once. Default: 10000, or what the limit on open files allows." placeholder:"COUNT"`
	Seed        uint64        `help:"Seed of the schedule." default:"1" placeholder:"NUMBER"`
}

// config is the flags as a result records them.
func (c *clients) config(objectives []string) bench.Config {
	limit := c.Limit
	if limit == 0 {
		limit = c.Timeout
	}
	return bench.Config{
		Seed: c.Seed, Trials: 1, Connections: c.Connections, Objectives: objectives, Warmup: c.Warmup.Seconds(),
		Duration: c.Duration.Seconds(), Timeout: c.Timeout.Seconds(), Limit: limit.Seconds(),
	}
}

// set gives a suite the flags.
func (c *clients) set(s *experiment.Suite) {
	s.Seed, s.Warmup, s.Duration, s.Timeout, s.Limit, s.Connections = c.Seed, c.Warmup, c.Duration, c.Timeout, c.Limit, c.Connections
}
