package metrics

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"millpond/pool"
	"millpond/server"
)

func TestRequestLabels(t *testing.T) {
	r := newRequests()
	r.done(server.Request{Method: "GET", Route: "/{name}", Status: 200})
	r.done(server.Request{Method: "GET", Route: "/{name}", Status: 200})
	r.done(server.Request{Method: "brew\xff", Status: 404})
	r.done(server.Request{Origin: server.OriginShed, Method: "GET", Status: 503})
	r.done(server.Request{Method: "GET", Route: "/\xff", Status: 200}) // which no label may be
	for _, c := range []struct {
		origin, method, code, route string
		want                        float64
	}{
		{"handler", "GET", "200", "/{name}", 2},
		{"handler", "other", "404", "unmatched", 1},
		{"shed", "GET", "503", "", 1},
		{"handler", "GET", "200", "/\uFFFD", 1},
	} {
		if got := testutil.ToFloat64(r.total.WithLabelValues(c.origin, c.method, c.code, c.route)); got != c.want {
			t.Errorf("%s %s %s %s: %v, want %v", c.origin, c.method, c.code, c.route, got, c.want)
		}
	}
}

// TestRefusalsImproveNoQuantile checks that only what the handler has answered
// is in the histogram of durations.
func TestRefusalsImproveNoQuantile(t *testing.T) {
	m := measure(server.ModelPool, sample)
	done := m.srv.Trace.Done
	done(server.Request{Method: "GET", Status: 200, Duration: time.Second})
	for origin := server.OriginControl; origin < server.NumOrigins; origin++ {
		done(server.Request{Origin: origin, Method: "GET", Status: 503, Duration: time.Microsecond})
	}
	done(server.Request{Method: "GET"})
	counts := make(map[string]uint64)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			counts[f.GetName()] += metric.GetHistogram().GetSampleCount()
		}
	}
	if got := counts["millpond_http_request_duration_seconds"]; got != 1 {
		t.Errorf("%d durations, want 1", got)
	}
	if got := counts["millpond_http_refusal_duration_seconds"]; got != 2 {
		t.Errorf("%d refusals, want 2", got)
	}
}

// TestSeriesAreBounded has many goroutines make methods and routes up.
func TestSeriesAreBounded(t *testing.T) {
	const goroutines, each = 4, 5000
	r := newRequests()
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				r.done(server.Request{Method: fmt.Sprintf("METHOD%d", i), Route: fmt.Sprintf("/route/%d/%d", g, i), Status: 200 + i%3})
			}
		})
	}
	wg.Wait()
	// Beyond the bound come the route "other" with its three statuses, and what
	// raced for the last places.
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
	m := measure(server.ModelPool, sample)
	http, tasks := m.srv.Trace, m.srv.Pool.Trace
	if got := testing.AllocsPerRun(1000, func() { perRequest(http, tasks) }); got != 0 {
		t.Errorf("%v allocations per request", got)
	}
}

func BenchmarkPerRequest(b *testing.B) {
	m := measure(server.ModelPool, sample)
	http, tasks := m.srv.Trace, m.srv.Pool.Trace
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
