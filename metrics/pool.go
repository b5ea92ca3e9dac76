package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/pool"
	"millpond/server"
)

// poolLabels tell the pool of requests from pools that a program may add.
var poolLabels = prometheus.Labels{"pool": "requests"}

// poolFamilies are read from server.Stats.Pool.
var poolFamilies = []family{
	poolGauge("workers", "Workers by state.", labels("state"), func(s pool.Stats, send sender) {
		send(float64(s.Running), "busy")
		// After a shrink, busy may exceed the limit until the running tasks end.
		send(float64(max(0, s.Workers-s.Running)), "idle")
	}),
	poolGauge("workers_limit", "Configured maximum of concurrent workers.", nil, func(s pool.Stats, send sender) {
		send(float64(s.Workers))
	}),
	poolGauge("queue_depth", "Items waiting, those that an idle worker is about to take included.", nil, func(s pool.Stats, send sender) {
		send(float64(s.Waiting))
	}),
	poolGauge("queue_limit", "Maximum items that wait while all workers are busy.", nil, func(s pool.Stats, send sender) {
		send(float64(s.Queue))
	}),
	poolGauge("oldest_queued_seconds", "Age of the oldest waiting item.", nil, func(s pool.Stats, send sender) {
		send(s.OldestWaiting.Seconds())
	}),
	poolGauge("unfinished_work_seconds", "Sum of the ages of running items.", nil, func(s pool.Stats, send sender) {
		send(s.Unfinished.Seconds())
	}),
	poolGauge("longest_running_seconds", "Age of the longest running item.", nil, func(s pool.Stats, send sender) {
		send(s.LongestRunning.Seconds())
	}),
	poolCounter("submitted_total", "Submission attempts that were decided.", nil, func(s pool.Stats, send sender) {
		send(float64(s.Submitted))
	}),
	poolCounter("rejected_total", "Items that never entered the queue.", labels("reason"), func(s pool.Stats, send sender) {
		sendEach[pool.RejectReason](send, s.Rejected[:])
	}),
	poolCounter("dropped_total", "Items that left the queue without running.", labels("reason"), func(s pool.Stats, send sender) {
		sendEach[pool.DropReason](send, s.Dropped[:])
	}),
	poolCounter("started_total", "Items whose work began.", nil, func(s pool.Stats, send sender) {
		send(float64(s.Started))
	}),
	poolCounter("completed_total", "Items whose work ended.", labels("result"), func(s pool.Stats, send sender) {
		sendEach[pool.Result](send, s.Completed[:])
	}),
	poolCounter("busy_seconds_total", "Worker-seconds spent busy, work in progress included.", nil, func(s pool.Stats, send sender) {
		send(s.Busy.Seconds())
	}),
	poolCounter("resizes_total", "Changes of the workers' limit.", labels("direction"), func(s pool.Stats, send sender) {
		send(float64(s.ResizedUp), "up")
		send(float64(s.ResizedDown), "down")
	}),
	poolCounter("library_failures_total", "Failures inside the pool library; must stay 0.", nil, func(s pool.Stats, send sender) {
		send(float64(s.LibraryFailures))
	}),
}

func poolGauge(name, help string, labels []string, read func(pool.Stats, sender)) family {
	return poolFamily(prometheus.GaugeValue, name, help, labels, read)
}

func poolCounter(name, help string, labels []string, read func(pool.Stats, sender)) family {
	return poolFamily(prometheus.CounterValue, name, help, labels, read)
}

func poolFamily(kind prometheus.ValueType, name, help string, labels []string, read func(pool.Stats, sender)) family {
	return family{
		prometheus.NewDesc("millpond_pool_"+name, help, labels, poolLabels), kind,
		func(s *server.Stats, send sender) { read(s.Pool, send) },
	}
}

// tasks are the live instruments of the pool.
type tasks struct {
	queueLength               prometheus.Observer
	queuedStarted, queuedDrop prometheus.Observer
	work                      prometheus.Observer
}

func newTasks(registry prometheus.Registerer) *tasks {
	length := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:        "millpond_pool_queue_length_after_enqueue",
		Help:        "Queue length after each admission, that item included, so that peaks between scrapes show.",
		ConstLabels: poolLabels,
		Buckets:     []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000},
	})
	queue := prometheus.NewHistogramVec(
		durations("millpond_pool_queue_duration_seconds", "Time in the queue.", poolLabels), labels("outcome"))
	work := prometheus.NewHistogram(
		durations("millpond_pool_work_duration_seconds", "Time on a worker.", poolLabels))
	registry.MustRegister(length, queue, work)
	return &tasks{
		queueLength:   length,
		queuedStarted: queue.WithLabelValues("started"),
		queuedDrop:    queue.WithLabelValues("dropped"),
		work:          work,
	}
}

func (t *tasks) trace() *pool.Trace {
	return &pool.Trace{
		Queued:    func(depth int) { t.queueLength.Observe(float64(depth)) },
		Started:   func(waited time.Duration) { t.queuedStarted.Observe(waited.Seconds()) },
		Dropped:   func(waited time.Duration, _ pool.DropReason) { t.queuedDrop.Observe(waited.Seconds()) },
		Completed: func(ran time.Duration, _ pool.Result) { t.work.Observe(ran.Seconds()) },
	}
}
