package metrics

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Durations is how often what was measured took how long. It must not be
// changed; it is safe for concurrent use.
type Durations struct {
	count   uint64
	buckets map[int]uint64 // by the index of a native bucket
}

// durationsOf adds up what histograms have counted.
func durationsOf(hs ...*histogram) Durations {
	d := Durations{buckets: make(map[int]uint64)}
	for _, h := range hs {
		for i, slot := range slots {
			if n := h.counts[i].Load(); n > 0 {
				d.buckets[slot.native] += n
				d.count += n
			}
		}
	}
	return d
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
		if i == zeroBucket {
			return 0
		}
		middle := math.Exp2((float64(i) - 0.5) / (1 << resolution)) // bucket i ends at 2^(i/8) seconds
		return time.Duration(middle * float64(time.Second))
	}
	return 0
}
