package metrics

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"

	"millpond/pool"
	"millpond/server"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sample is a snapshot in which no two numbers are the same.
func sample() server.Stats {
	return server.Stats{
		Pool: pool.Stats{
			Workers: 8, Queue: 512, Running: 7, Waiting: 3, OldestWaiting: 1500 * time.Millisecond,
			Submitted: 1000, Rejected: [pool.NumRejectReasons]uint64{60, 10, 20, 20, 40}, Dropped: [pool.NumDropReasons]uint64{6, 7, 8, 4, 5},
			Started: 817, Completed: [pool.NumResults]uint64{806, 4, 0},
			Busy: 250 * time.Second, Unfinished: 9 * time.Second, LongestRunning: 6 * time.Second,
			ResizedUp: 2, ResizedDown: 1, LibraryFailures: 5,
		},
		Conns:    [server.NumStates]int{11, 12, 13, 14, 15},
		InFlight: 16, Accepted: 2000, AcceptPaused: 17 * time.Second,
		AcceptErrors:  [server.NumAcceptErrors]uint64{18, 19},
		Closed:        [server.NumCloseReasons]uint64{21, 22, 23, 24, 25, 26, 27, 28, 29},
		BadRequests:   [server.NumBadReasons]uint64{31, 32, 33},
		Shed:          [server.NumShedReasons]uint64{41, 42, 43},
		ReceivedBytes: 1 << 20, SentBytes: 1 << 30, Draining: true,
		Backlogs: []server.Backlog{{Listener: "127.0.0.1:8080", Length: 5, Limit: 4096}},
	}
}

// pedantic returns the metrics of a model on a registry that checks what it gathers.
func pedantic(t *testing.T, model string, stats func() server.Stats) *Metrics {
	t.Helper()
	return newOn(prometheus.NewPedanticRegistry(), Config{Model: model, Overflow: "reject", Stats: stats})
}

// exercise touches every live instrument.
func exercise(m *Metrics) {
	trace := m.Trace()
	trace.Done(server.Request{Method: "GET", Route: "/{name}", Status: 200, Duration: time.Millisecond})
	trace.Done(server.Request{Method: "BREW", Status: 503, Duration: time.Microsecond})
	trace.Done(server.Request{Method: "GET"}) // The connection failed before there was a response.
	trace.Panicked("boom")
	if tasks := m.PoolTrace(); tasks != nil {
		tasks.Queued(3)
		tasks.Started(2 * time.Millisecond)
		tasks.Dropped(20*time.Millisecond, pool.DropShutdown)
		tasks.Completed(30*time.Millisecond, pool.ResultOK)
	}
}

func TestExposition(t *testing.T) {
	for _, model := range []string{"pool", "thread"} {
		t.Run(model, func(t *testing.T) {
			m := pedantic(t, model, sample)
			exercise(m)
			// The metrics of the runtime and of the kernel differ from run to run.
			var ours []string
			for _, name := range familyNames(t, m) {
				if strings.HasPrefix(name, "millpond_") && name != "millpond_listener_overflows_total" {
					ours = append(ours, name)
				}
			}
			golden := filepath.Join("testdata", model+".prom")
			if *update {
				text, err := testutil.GatherAndFormat(m.registry, expfmt.TypeTextPlain, ours...)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if err := testutil.GatherAndCompare(m.registry, bytes.NewReader(want), ours...); err != nil {
				t.Error(err)
			}
		})
	}
}

func familyNames(t *testing.T, m *Metrics) []string {
	t.Helper()
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
	}
	return names
}

func TestLint(t *testing.T) {
	pooled, other, nethttp := pedantic(t, "pool", sample), pedantic(t, "goroutine", sample), pedantic(t, "nethttp", nil)
	exercise(pooled)
	exercise(other)
	for _, m := range []*Metrics{pooled, other, nethttp} {
		m.Handler() // Registers the metrics of scrapes.
		problems, err := testutil.GatherAndLint(m.registry)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestOnlyThePoolModelHasPoolMetrics(t *testing.T) {
	for model, want := range map[string]bool{"pool": true, "goroutine": false, "thread": false} {
		m := pedantic(t, model, sample)
		if got := m.PoolTrace() != nil; got != want {
			t.Errorf("%s: has a pool trace: %t", model, got)
		}
		found := strings.Contains(strings.Join(familyNames(t, m), " "), "millpond_pool_")
		if found != want {
			t.Errorf("%s: has pool metrics: %t", model, found)
		}
	}
}

func TestRuntimeMetricsArePresent(t *testing.T) {
	names := strings.Join(familyNames(t, pedantic(t, "pool", sample)), "\n") + "\n"
	for _, want := range []string{
		"go_sched_latencies_seconds", "go_sched_goroutines_runnable_goroutines", "go_sync_mutex_wait_total_seconds_total",
		"go_cpu_classes_gc_total_cpu_seconds_total", "process_open_fds", "go_build_info", "millpond_listener_overflows_total",
	} {
		if !strings.Contains(names, want+"\n") {
			t.Errorf("%s is absent", want)
		}
	}
}

func TestHandler(t *testing.T) {
	h := New(Config{Model: "pool", Stats: sample}).Handler()
	scrape := func(accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := scrape("text/plain"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `millpond_pool_workers{pool="requests",state="busy"} 7`) {
		t.Errorf("status %d, body:\n%s", w.Code, w.Body)
	}
	if w := scrape("application/openmetrics-text;version=1.0.0"); !strings.HasSuffix(w.Body.String(), "# EOF\n") {
		t.Errorf("no OpenMetrics: %s", w.Header().Get("Content-Type"))
	}
}
