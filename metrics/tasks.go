package metrics

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"millpond/pool"
)

// tasks are the live instruments of a pool.
type tasks struct {
	depth, work      prometheus.Histogram
	waits            *prometheus.HistogramVec
	started, dropped prometheus.Histogram // of waits

	mu       sync.Mutex
	episodes []Episode // the last ones; guarded by mu
}

func newTasks(constant prometheus.Labels) *tasks {
	t := &tasks{
		depth: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:        "millpond_pool_queue_length_after_enqueue",
			Help:        "Queue length after each admission, that item included, so that peaks between scrapes show.",
			ConstLabels: constant,
			Buckets:     []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000},
		}),
		waits: prometheus.NewHistogramVec(durations(
			"millpond_pool_queue_duration_seconds", "Time in the queue.", constant), labels("outcome")),
		work: prometheus.NewHistogram(durations(
			"millpond_pool_work_duration_seconds", "Time on a worker.", constant)),
	}
	t.started = t.waits.WithLabelValues("started").(prometheus.Histogram)
	t.dropped = t.waits.WithLabelValues("dropped").(prometheus.Histogram)
	return t
}

// trace returns the hooks of the pool. They do not allocate.
func (t *tasks) trace(before *pool.Trace) *pool.Trace {
	var h pool.Trace
	if before != nil {
		h = *before
	}
	h.Queued = both(func(depth int) { t.depth.Observe(float64(depth)) }, h.Queued)
	h.Started = both(func(waited time.Duration) { t.started.Observe(waited.Seconds()) }, h.Started)
	h.Dropped = both2(func(waited time.Duration, _ pool.DropReason) { t.dropped.Observe(waited.Seconds()) }, h.Dropped)
	h.Completed = both2(func(ran time.Duration, _ pool.Result) { t.work.Observe(ran.Seconds()) }, h.Completed)
	h.OverloadEnded = both(t.ended, h.OverloadEnded)
	return &h
}

// An Episode is a time of overload that is over.
type Episode struct {
	pool.Episode
	Ended time.Time
}

// maxEpisodes is the most that are remembered.
const maxEpisodes = 20

// ended remembers an episode.
func (t *tasks) ended(e pool.Episode) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.episodes = append(t.episodes[max(0, len(t.episodes)+1-maxEpisodes):], Episode{e, time.Now()})
}

// lastEpisodes returns the episodes that are remembered, the oldest first.
func (t *tasks) lastEpisodes() []Episode {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.episodes)
}
