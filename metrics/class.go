package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"millpond/pool"
)

// classReadings are the families of a pool that each of its classes has.
var classReadings = []reading{
	classGauge("queue_depth", "Items waiting, those that an idle worker is about to take included.", nil, func(c *pool.ClassStats, send sender) {
		send(float64(c.Waiting))
	}),
	classGauge("oldest_queued_seconds", "Age of the oldest waiting item.", nil, func(c *pool.ClassStats, send sender) {
		send(c.OldestWaiting.Seconds())
	}),
	classCounter("submitted_total", "Submission attempts that were decided.", nil, func(c *pool.ClassStats, send sender) {
		send(float64(c.Submitted))
	}),
	classCounter("rejected_total", "Items that never entered the queue.", labels("reason"), func(c *pool.ClassStats, send sender) {
		sendEach[pool.RejectReason](send, c.Rejected[:])
	}),
	classCounter("dropped_total", "Items that left the queue without running.", labels("reason"), func(c *pool.ClassStats, send sender) {
		sendEach[pool.DropReason](send, c.Dropped[:])
	}),
	classCounter("started_total", "Items whose work began.", nil, func(c *pool.ClassStats, send sender) {
		send(float64(c.Started))
	}),
	classCounter("completed_total", "Items whose work ended.", labels("result"), func(c *pool.ClassStats, send sender) {
		sendEach[pool.Result](send, c.Completed[:])
	}),
	classCounter("saved_seconds_total", "Work that drops have saved, as the mean time that items of the class take.", labels("reason"),
		func(c *pool.ClassStats, send sender) {
			for reason, saved := range c.Saved {
				send(saved.Seconds(), pool.DropReason(reason).String())
			}
		}),
	classGauge("overloaded", "1 while items are dropped so that others are started soon.", nil, func(c *pool.ClassStats, send sender) {
		send(one(c.Load.State == pool.Overloaded))
	}),
	classGauge("state_seconds", "Time since the class became overloaded, or ceased to be.", nil, func(c *pool.ClassStats, send sender) {
		send(c.Load.For.Seconds())
	}),
	classCounter("overload_episodes_total", "Times of overload, one under way included.", nil, func(c *pool.ClassStats, send sender) {
		send(float64(c.Load.Episodes))
	}),
	classCounter("overload_seconds_total", "Time in overload.", nil, func(c *pool.ClassStats, send sender) {
		send(c.Load.Total.Seconds())
	}),
	classGauge("capacity_items_per_second", "Rate at which items were started of late while others waited; 0 if none have waited.", nil,
		func(c *pool.ClassStats, send sender) { send(c.Load.Capacity) }),
}

func classGauge(name, help string, labels []string, read func(*pool.ClassStats, sender)) reading {
	return classReading(prometheus.GaugeValue, name, help, labels, read)
}

func classCounter(name, help string, labels []string, read func(*pool.ClassStats, sender)) reading {
	return classReading(prometheus.CounterValue, name, help, labels, read)
}

// classReading reads every class, whose name is the first label.
func classReading(kind prometheus.ValueType, name, help string, labels []string, read func(*pool.ClassStats, sender)) reading {
	return reading{kind, name, help, append([]string{"class"}, labels...), func(s *pool.Stats, send sender) {
		for i := range s.Classes {
			c := &s.Classes[i]
			read(c, func(value float64, labels ...string) { send(value, append([]string{c.Name}, labels...)...) })
		}
	}}
}

// one is 1 if it is so.
func one(so bool) float64 {
	if so {
		return 1
	}
	return 0
}
