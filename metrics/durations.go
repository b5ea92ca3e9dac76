package metrics

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Durations is how often what was measured took how long. It must not be
// changed; it is safe for concurrent use.
type Durations struct {
	count   uint64
	buckets map[int]uint64 // by the index of a native bucket
}

// resolution is the schema of native histograms in which durations are kept:
// 2^resolution buckets for each doubling. It is what durations() asks for.
const resolution = 3

// durationsOf reads a histogram, or adds those of a vector up.
func durationsOf(c prometheus.Collector) Durations {
	d := Durations{buckets: make(map[int]uint64)}
	metrics := make(chan prometheus.Metric)
	go func() { defer close(metrics); c.Collect(metrics) }()
	for m := range metrics {
		var out dto.Metric
		if m.Write(&out) == nil {
			d.add(out.GetHistogram())
		}
	}
	return d
}

// add reads the native buckets: spans of buckets in a row, each given by how its
// count differs from that of the one before. A histogram that has too many
// buckets is coarser.
func (d *Durations) add(h *dto.Histogram) {
	d.count += h.GetSampleCount()
	if zeros := h.GetZeroCount(); zeros > 0 {
		d.buckets[math.MinInt] += zeros
	}
	coarser := resolution - int(h.GetSchema())
	index, count, deltas := 0, int64(0), h.GetPositiveDelta()
	for _, span := range h.GetPositiveSpan() {
		index += int(span.GetOffset())
		for range span.GetLength() {
			count, deltas = count+deltas[0], deltas[1:]
			d.buckets[index<<coarser] += uint64(count)
			index++
		}
	}
}

// Count is the number of durations.
func (d Durations) Count() uint64 { return d.count }

// Since is what was added since before.
func (d Durations) Since(before Durations) Durations {
	since := Durations{buckets: make(map[int]uint64)}
	for i, n := range d.buckets {
		if was := before.buckets[i]; n > was { // less: the histogram was reset
			since.buckets[i] = n - was
			since.count += n - was
		}
	}
	return since
}

// Quantile is the duration that the share q of them does not exceed, off by at
// most 5 %. Of none, it is 0.
func (d Durations) Quantile(q float64) time.Duration {
	rank := max(1, uint64(math.Ceil(q*float64(d.count))))
	for _, i := range slices.Sorted(maps.Keys(d.buckets)) {
		if n := d.buckets[i]; n < rank {
			rank -= n
			continue
		}
		if i == math.MinInt {
			return 0
		}
		middle := math.Exp2((float64(i) - 0.5) / (1 << resolution)) // bucket i ends at 2^(i/8) seconds
		return time.Duration(middle * float64(time.Second))
	}
	return 0
}
