package metrics

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"millpond/pool"
	"millpond/server"
)

func TestRequestLabels(t *testing.T) {
	r := newRequests(prometheus.NewPedanticRegistry())
	r.done("GET", "/{name}", 200, time.Millisecond)
	r.done("GET", "/{name}", 200, time.Millisecond)
	r.done("brew\xff", "", 400, time.Millisecond)
	for _, c := range []struct {
		method, code, route string
		want                float64
	}{
		{"GET", "200", "/{name}", 2},
		{"other", "400", "unmatched", 1},
	} {
		if got := testutil.ToFloat64(r.total.WithLabelValues(c.method, c.code, c.route)); got != c.want {
			t.Errorf("%s %s %s: %v, want %v", c.method, c.code, c.route, got, c.want)
		}
	}
}

// TestSeriesAreBounded has many goroutines make methods and routes up.
func TestSeriesAreBounded(t *testing.T) {
	const goroutines, each = 4, 5000
	r := newRequests(prometheus.NewPedanticRegistry())
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				r.done(fmt.Sprintf("METHOD%d", i), fmt.Sprintf("/route/%d/%d", g, i), 200+i%3, time.Millisecond)
			}
		})
	}
	wg.Wait()
	// Beyond the bound come the route "other" with its three statuses, and what raced for the last places.
	if got := testutil.CollectAndCount(r.total); got > maxSeries+3+goroutines {
		t.Errorf("%d series, want at most %d", got, maxSeries+3+goroutines)
	}
	total := 0.0
	for _, i := range *r.known.Load() {
		total += testutil.ToFloat64(i.total)
	}
	if total != goroutines*each {
		t.Errorf("%v responses are counted, want %d", total, goroutines*each)
	}
}

// perRequest runs all hooks of one request.
func perRequest(http *server.Trace, tasks *pool.Trace) {
	tasks.Queued(3)
	tasks.Started(70 * time.Microsecond)
	http.Done(server.Request{
		Method: "GET", Route: "/{name}", Status: 200, Received: 80, Sent: 160, Duration: 300 * time.Microsecond,
	})
	tasks.Completed(20*time.Microsecond, pool.ResultOK)
}

func TestHooksDoNotAllocate(t *testing.T) {
	m := pedantic(t, "pool", sample)
	http, tasks := m.Trace(), m.PoolTrace()
	if got := testing.AllocsPerRun(1000, func() { perRequest(http, tasks) }); got != 0 {
		t.Errorf("%v allocations per request", got)
	}
}

func BenchmarkPerRequest(b *testing.B) {
	m := New(Config{Model: "pool", Stats: sample})
	http, tasks := m.Trace(), m.PoolTrace()
	b.Run("serial", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			perRequest(http, tasks)
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				perRequest(http, tasks)
			}
		})
	})
}
