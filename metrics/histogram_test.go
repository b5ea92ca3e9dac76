package metrics

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// libraryHistogram is what a histogram is exposed as.
func libraryHistogram() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Name: "x", Buckets: buckets, NativeHistogramBucketFactor: 1.1})
}

// TestHistogramIsTheLibrarys checks that what a scraper gets is what a histogram
// of the client library would have counted, at every boundary and between them.
func TestHistogramIsTheLibrarys(t *testing.T) {
	ds := []time.Duration{-1, 0, 1, 2, 3, time.Hour, 1000 * time.Hour, math.MaxInt64}
	for _, s := range slots {
		ds = append(ds, s.most-1, s.most, min(s.most, math.MaxInt64-1)+1)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		ds = append(ds, time.Duration(rnd.Uint64()>>(1+rnd.IntN(63))))
	}
	families := newHistograms("x", "", nil)
	library := libraryHistogram()
	for i, d := range ds {
		if d > 10*24*time.Hour {
			continue // a float64 of seconds does not tell these from their neighbours
		}
		families.alone().observe(d)
		library.Observe(max(0, d).Seconds())
		if i > 1000 && i%1000 != 0 {
			continue // to compare is slow
		}
		got, want := written(t, families), written(t, library)
		if math.Abs(got.GetSampleSum()-want.GetSampleSum()) > 1e-9*want.GetSampleSum() {
			t.Fatalf("after %v the sum is %v; want %v", d, got.GetSampleSum(), want.GetSampleSum())
		}
		got.SampleSum, got.CreatedTimestamp = want.SampleSum, want.CreatedTimestamp
		if got.String() != want.String() {
			t.Fatalf("after %v: not the same:\n%v\n%v", d, got.GetPositiveDelta(), want.GetPositiveDelta())
		}
	}
}

// written is what a scraper gets of the only histogram of a collector.
func written(t *testing.T, c prometheus.Collector) *dto.Histogram {
	metrics := make(chan prometheus.Metric, 2)
	c.Collect(metrics)
	var out dto.Metric
	if err := (<-metrics).Write(&out); err != nil || len(metrics) > 0 {
		t.Fatal(err, len(metrics))
	}
	return out.GetHistogram()
}

// TestExemplars checks that the last trace in each classic bucket is kept, and
// that one which took longer than all buckets is in that without a bound.
func TestExemplars(t *testing.T) {
	hs := newHistograms("x", "", nil, "route")
	for _, e := range []struct {
		d  time.Duration
		id string
	}{{time.Millisecond, "old"}, {time.Millisecond, "new"}, {time.Millisecond, ""}, {time.Minute, "slow"}} {
		hs.of("/").observeTraced(e.d, e.id)
	}
	h := written(t, hs)
	traces := map[float64]string{}
	for _, b := range h.GetBucket() {
		if e := b.GetExemplar(); e != nil {
			traces[b.GetUpperBound()] = e.GetLabel()[0].GetValue()
		}
	}
	if len(traces) != 2 || traces[1e-3] != "new" || traces[math.Inf(1)] != "slow" || len(h.GetExemplars()) != 2 {
		t.Errorf("exemplars %v and %v", traces, h.GetExemplars())
	}
}

// TestHistogramLosesNothing has many observe at once while others read.
func TestHistogramLosesNothing(t *testing.T) {
	hs := newHistograms("x", "", nil)
	h := hs.alone()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 1000 {
				h.observe(time.Duration(i))
			}
		})
		all.Go(func() { written(t, hs) })
	}
	all.Wait()
	if h := written(t, hs); h.GetSampleCount() != 4000 || math.Abs(h.GetSampleSum()-4*499500e-9) > 1e-12 {
		t.Errorf("%d durations, %v seconds; want 4000, and 0.001998", h.GetSampleCount(), h.GetSampleSum())
	}
}

// BenchmarkObserve compares with the client library.
func BenchmarkObserve(b *testing.B) {
	b.Run("impl=millpond", func(b *testing.B) {
		h := newHistogram()
		for i := time.Duration(0); b.Loop(); i++ {
			h.observe(i << 10)
		}
	})
	b.Run("impl=library", func(b *testing.B) {
		h := libraryHistogram()
		for i := time.Duration(0); b.Loop(); i++ {
			h.Observe((i << 10).Seconds())
		}
	})
}
