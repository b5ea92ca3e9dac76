package metrics

import (
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// buckets of durations, in seconds. The library's default ones begin at 5 ms,
// where a wait in a queue is long over.
var buckets = []float64{
	50e-6, 100e-6, 250e-6, 500e-6,
	1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3,
	1, 2.5, 5, 10,
}

// resolution is the schema of native histograms in which durations are kept:
// 2^resolution buckets for each doubling.
const resolution = 3

// A histogram counts durations: in classic buckets for text, and in native ones
// for scrapers that ask for them. It is exposed as a histogram of the client
// library would be, but an observation costs a fifth, because every bucket that
// there can be is there from the start, in 4 KiB. It is safe for concurrent use.
type histogram struct {
	labels    []string        // values
	counts    []atomic.Uint64 // by slot
	sum       atomic.Uint64   // in nanoseconds, as the bits of a float64
	exemplars []atomic.Pointer[prometheus.Exemplar]
	created   time.Time
}

func newHistogram(labels ...string) *histogram {
	return &histogram{
		labels:    labels,
		counts:    make([]atomic.Uint64, len(slots)),
		exemplars: make([]atomic.Pointer[prometheus.Exemplar], len(buckets)+1),
		created:   time.Now(),
	}
}

func (h *histogram) observe(d time.Duration) {
	d = max(d, 0)
	i := firstSlot[bits.Len64(uint64(d))]
	for slots[i].most < d {
		i++
	}
	h.counts[i].Add(1)
	for {
		old := h.sum.Load()
		if h.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+float64(d))) {
			return
		}
	}
}

// observeTraced is observe with an exemplar, if there is a trace to lead to. The
// last one in each classic bucket is kept.
func (h *histogram) observeTraced(d time.Duration, traceID string) {
	h.observe(d)
	if traceID != "" {
		i, _ := slices.BinarySearch(buckets, d.Seconds())
		h.exemplars[i].Store(&prometheus.Exemplar{
			Value: d.Seconds(), Labels: prometheus.Labels{"trace_id": traceID}, Timestamp: time.Now(),
		})
	}
}

// read returns what was counted so far. What is observed meanwhile may be in the
// sum only.
func (h *histogram) read(desc *prometheus.Desc) prometheus.Metric {
	var count, zeros uint64
	native, classic := make(map[int]int64), make([]*dto.Bucket, 0, len(buckets)+1)
	for i, slot := range slots {
		n := h.counts[i].Load()
		count += n
		if slot.native == zeroBucket {
			zeros = n
		} else if n > 0 {
			native[slot.native] += int64(n)
		}
		if slot.classic {
			classic = append(classic, &dto.Bucket{UpperBound: new(buckets[len(classic)]), CumulativeCount: new(count)})
		}
	}
	sum := math.Float64frombits(h.sum.Load()) / float64(time.Second)
	const zeroThreshold = 0x1p-128 // the library's
	m := prometheus.MustNewConstNativeHistogram(desc, count, sum, native, nil, zeros, resolution, zeroThreshold, h.created, h.labels...)
	return h.withExemplars(bothKinds{m, classic})
}

func (h *histogram) withExemplars(m prometheus.Metric) prometheus.Metric {
	var kept []prometheus.Exemplar
	for i := range h.exemplars {
		if e := h.exemplars[i].Load(); e != nil {
			kept = append(kept, *e)
		}
	}
	if kept == nil {
		return m
	}
	return prometheus.MustNewMetricWithExemplars(m, kept...)
}

// bothKinds is a native histogram with classic buckets.
type bothKinds struct {
	prometheus.Metric
	classic []*dto.Bucket
}

// Write implements prometheus.Metric.
func (m bothKinds) Write(out *dto.Metric) error {
	err := m.Metric.Write(out)
	out.Histogram.Bucket = m.classic
	return err
}

// A slot counts the durations that are in the same bucket of either kind.
type slot struct {
	most    time.Duration
	native  int  // index of the native bucket
	classic bool // it is the last one in its classic bucket
}

// zeroBucket stands for the native bucket of 0.
const zeroBucket = math.MinInt

// slots are all that there can be, in ascending order, and firstSlot is where to
// look for a duration of so many bits.
var slots, firstSlot = newSlots()

func newSlots() (all []slot, first [65]int) {
	all = []slot{{0, zeroBucket, false}}
	add := func(s slot) {
		if last := &all[len(all)-1]; last.most == s.most {
			last.classic = last.classic || s.classic
			return
		}
		for n := bits.Len64(uint64(all[len(all)-1].most)) + 1; n <= bits.Len64(uint64(s.most)); n++ {
			first[n] = len(all)
		}
		all = append(all, s)
	}
	classic := make([]time.Duration, len(buckets))
	for i, seconds := range buckets {
		classic[i] = time.Duration(math.Round(seconds * float64(time.Second)))
	}
	for native := -30 << resolution; all[len(all)-1].most < math.MaxInt64; native++ { // 2^-30 s is below 1 ns
		most := time.Duration(math.MaxInt64)
		if ns := math.Exp2(float64(native)/(1<<resolution)) * float64(time.Second); ns < math.MaxInt64 {
			most = time.Duration(ns)
		}
		for ; len(classic) > 0 && classic[0] <= most; classic = classic[1:] {
			add(slot{classic[0], native, true})
		}
		add(slot{most, native, false})
	}
	return all, first
}
