package metrics

import (
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
	families := make([]family, len(poolReadings))
	for i, r := range poolReadings {
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
	poolGauge("queue_depth", "Items waiting, those that an idle worker is about to take included.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.Waiting))
	}),
	poolGauge("queue_limit", "Maximum items that wait while all workers are busy.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.Queue))
	}),
	poolGauge("oldest_queued_seconds", "Age of the oldest waiting item.", nil, func(s *pool.Stats, send sender) {
		send(s.OldestWaiting.Seconds())
	}),
	poolGauge("unfinished_work_seconds", "Sum of the ages of running items.", nil, func(s *pool.Stats, send sender) {
		send(s.Unfinished.Seconds())
	}),
	poolGauge("longest_running_seconds", "Age of the longest running item.", nil, func(s *pool.Stats, send sender) {
		send(s.LongestRunning.Seconds())
	}),
	poolCounter("submitted_total", "Submission attempts that were decided.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.Submitted))
	}),
	poolCounter("rejected_total", "Items that never entered the queue.", labels("reason"), func(s *pool.Stats, send sender) {
		sendEach[pool.RejectReason](send, s.Rejected[:])
	}),
	poolCounter("dropped_total", "Items that left the queue without running.", labels("reason"), func(s *pool.Stats, send sender) {
		sendEach[pool.DropReason](send, s.Dropped[:])
	}),
	poolCounter("started_total", "Items whose work began.", nil, func(s *pool.Stats, send sender) {
		send(float64(s.Started))
	}),
	poolCounter("completed_total", "Items whose work ended.", labels("result"), func(s *pool.Stats, send sender) {
		sendEach[pool.Result](send, s.Completed[:])
	}),
	poolCounter("busy_seconds_total", "Worker-seconds spent busy, work in progress included.", nil, func(s *pool.Stats, send sender) {
		send(s.Busy.Seconds())
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
