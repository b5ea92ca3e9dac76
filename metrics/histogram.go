package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// buckets of durations, in seconds. The library's default ones begin at 5 ms,
// where a wait in a queue is long over.
var buckets = []float64{
	50e-6, 100e-6, 250e-6, 500e-6,
	1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3,
	1, 2.5, 5, 10,
}

// durations describes a histogram in seconds: classic for text, and native for
// scrapers that ask for it.
func durations(name, help string, constant prometheus.Labels) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Name:                            name,
		Help:                            help,
		ConstLabels:                     constant,
		Buckets:                         buckets,
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  160,
		NativeHistogramMinResetDuration: time.Hour,
	}
}

// observe adds a duration, with an exemplar if there is a trace to lead to.
func observe(to prometheus.Observer, d time.Duration, traceID string) {
	if traceID == "" {
		to.Observe(d.Seconds())
		return
	}
	to.(prometheus.ExemplarObserver).ObserveWithExemplar(d.Seconds(), prometheus.Labels{"trace_id": traceID})
}
