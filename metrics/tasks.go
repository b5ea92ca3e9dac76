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
	depth            prometheus.Histogram
	waits, work      *histograms
	started, dropped *histogram // of waits
	completed        *histogram // of work

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
		waits: newHistograms("millpond_pool_queue_duration_seconds", "Time in the queue.", constant, "outcome"),
		work:  newHistograms("millpond_pool_work_duration_seconds", "Time on a worker.", constant),
	}
	t.started, t.dropped, t.completed = t.waits.of("started"), t.waits.of("dropped"), t.work.alone()
	return t
}

// trace returns the hooks of the pool. They do not allocate.
func (t *tasks) trace(before *pool.Trace) *pool.Trace {
	var h pool.Trace
	if before != nil {
		h = *before
	}
	h.Queued = both(func(depth int) { t.depth.Observe(float64(depth)) }, h.Queued)
	h.Started = both(t.started.observe, h.Started)
	h.Dropped = both2(func(waited time.Duration, _ pool.DropReason) { t.dropped.observe(waited) }, h.Dropped)
	h.Completed = both2(func(ran time.Duration, _ pool.Result) { t.completed.observe(ran) }, h.Completed)
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
