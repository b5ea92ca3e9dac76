package metrics

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/pool"
	"millpond/server"
)

// NewPool returns a pool and its collector, whose series have the label
// pool="name". Hooks of config.Trace are called after the collector's own. The
// error is that of pool.New.
func NewPool(name string, config pool.Config) (*pool.Pool, *Collector, error) {
	var c Collector
	c.measurePool(name, &config)
	p, err := pool.New(config)
	if err != nil {
		return nil, nil, err
	}
	c.stats = func() server.Stats { return server.Stats{Pool: p.Stats()} }
	return p, &c, nil
}

// measurePool adds what is measured of the pool that config will make.
func (c *Collector) measurePool(name string, config *pool.Config) {
	constant := prometheus.Labels{"pool": name}
	c.tasks = newTasks(constant)
	config.Trace = c.tasks.trace(config.Trace)
	c.families = append(c.families[:len(c.families):len(c.families)], poolFamilies(constant)...)
}

// poolFamilies are read from server.Stats.Pool.
func poolFamilies(constant prometheus.Labels) []family {
	readings := slices.Concat(poolReadings, classReadings)
	families := make([]family, len(readings))
	for i, r := range readings {
		families[i] = family{
			prometheus.NewDesc("millpond_pool_"+r.name, r.help, r.labels, constant), r.kind,
			func(s *server.Stats, send sender) { r.read(&s.Pool, send) },
		}
	}
	return families
}

// reading is a family of a pool before the pool has a name.
type reading struct {
	kind       prometheus.ValueType
	name, help string
	labels     []string
	read       func(*pool.Stats, sender)
}

var poolReadings = []reading{
	poolGauge("workers", "Workers by state.", labels("state"), func(s *pool.Stats, send sender) {
		send(float64(s.Running), "busy")
		// After a shrink, busy may exceed the limit until the running tasks end.
		send(float64(max(0, s.Workers-s.Running)), "idle")
	}),
	poolGauge("workers_limit", "Configured maximum of concurrent workers.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.Workers))
	}),
	poolGauge("queue_limit", "Maximum items of a class that wait while all workers are busy.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.Queue))
	}),
	poolGauge("unfinished_work_seconds", "Sum of the ages of running items.", nil, func(s *pool.Stats, send sender) {
		send(s.Unfinished.Seconds())
	}),
	poolGauge("longest_running_seconds", "Age of the longest running item.", nil, func(s *pool.Stats, send sender) {
		send(s.LongestRunning.Seconds())
	}),
	poolCounter("busy_seconds_total", "Worker-seconds spent busy, work in progress included.", nil, func(s *pool.Stats, send sender) {
		send(s.Busy.Seconds())
	}),
	poolGauge("workers_live", "Workers that exist: busy, in a callback, or looking for an item.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.Live))
	}),
	poolCounter("gate_decisions_total", "Workers that the gate has held back, or ended, because the processors had no time for them.",
		labels("decision"), func(s *pool.Stats, send sender) {
			send(float64(s.GateHeld), "held")
			send(float64(s.GateRetired), "retired")
		}),
	poolCounter("resizes_total", "Changes of the workers' limit.", labels("direction"), func(s *pool.Stats, send sender) {
		send(float64(s.ResizedUp), "up")
		send(float64(s.ResizedDown), "down")
	}),
	poolCounter("library_failures_total", "Failures inside the pool library; must stay 0.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.LibraryFailures))
	}),
}

func poolGauge(name, help string, labels []string, read func(*pool.Stats, sender)) reading {
	return reading{prometheus.GaugeValue, name, help, labels, read}
}

func poolCounter(name, help string, labels []string, read func(*pool.Stats, sender)) reading {
	return reading{prometheus.CounterValue, name, help, labels, read}
}
