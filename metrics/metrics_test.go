package metrics

import (
	"bytes"
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
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
			Workers: 8, Queue: 512, Running: 7,
			Busy: 250 * time.Second, Unfinished: 9 * time.Second, LongestRunning: 6 * time.Second,
			Live: 9, GateHeld: 51, GateRetired: 52, ResizedUp: 2, ResizedDown: 1, LibraryFailures: 5,
			Classes: []pool.ClassStats{{
				Name: "default", Waiting: 3, OldestWaiting: 1500 * time.Millisecond,
				Submitted: 1000, Rejected: [pool.NumRejectReasons]uint64{60, 10, 20, 20, 40}, Dropped: [pool.NumDropReasons]uint64{6, 7, 8, 4, 5},
				Started: 817, Completed: [pool.NumResults]uint64{806, 4, 0}, Saved: [pool.NumDropReasons]time.Duration{61e9, 62e9, 63e9, 64e9, 65e9},
				Load: pool.Load{State: pool.Overloaded, For: 71 * time.Second, Episodes: 72, Total: 73 * time.Second, Capacity: 74},
			}, {Name: "reports"}},
		},
		Conns:    [server.NumStates]int{11, 12, 13, 14, 15},
		InFlight: 16, Accepted: 2000, AcceptPaused: 17 * time.Second,
		AcceptErrors: [server.NumAcceptErrors]uint64{18, 19},
		Closed:       [server.NumCloseReasons]uint64{21, 22, 23, 24, 25, 26, 27, 28, 29},
		BadRequests:  [server.NumBadReasons]uint64{31, 32, 33},
		Shed:         [server.NumShedReasons]uint64{41, 42, 43},
		BadTimeouts:  44, LogDropped: 45, ReceivedBytes: 1 << 20, SentBytes: 1 << 30, Draining: true,
		Backlogs: []server.Backlog{{Listener: "127.0.0.1:8080", Length: 5, Limit: 4096}},
	}
}

// measured is a server with its collector in a registry that checks what it
// gathers.
type measured struct {
	*Collector
	srv      *server.Server
	registry *prometheus.Registry
}

// measure measures a server of a model that says of itself what stats returns.
func measure(model server.Model, stats func() server.Stats) *measured {
	m := &measured{srv: &server.Server{Model: model}, registry: prometheus.NewPedanticRegistry()}
	m.Collector = New(m.srv)
	m.stats = stats
	m.registry.MustRegister(m)
	return m
}

// exercise touches every live instrument.
func (m *measured) exercise() {
	http, tasks := m.srv.Trace, m.srv.Pool.Trace
	http.Done(server.Request{Method: "GET", Route: "/{name}", Status: 200, Duration: time.Millisecond})
	http.Done(server.Request{Method: "GET", Status: 200, Origin: server.OriginControl, Duration: time.Microsecond})
	http.Done(server.Request{Method: "BREW", Status: 503, Origin: server.OriginShed, Duration: time.Microsecond})
	http.Done(server.Request{Status: 400, Origin: server.OriginRefused, Duration: time.Microsecond})
	http.Done(server.Request{Method: "GET"}) // The connection failed before there was a response.
	http.Panicked("boom")
	if tasks != nil {
		tasks.Queued(3)
		tasks.Started(2 * time.Millisecond)
		tasks.Dropped(20*time.Millisecond, pool.DropShutdown)
		tasks.Completed(30*time.Millisecond, pool.ResultOK)
		tasks.OverloadEnded(pool.Episode{Class: "default"})
	}
}

func TestExposition(t *testing.T) {
	for _, model := range []server.Model{server.ModelPool, server.ModelThread} {
		t.Run(model.String(), func(t *testing.T) {
			m := measure(model, sample)
			m.exercise()
			golden := filepath.Join("testdata", model.String()+".prom")
			if *update {
				text, err := testutil.GatherAndFormat(m.registry, expfmt.TypeTextPlain, familyNames(t, m.registry)...)
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
			if err := testutil.GatherAndCompare(m.registry, bytes.NewReader(want)); err != nil {
				t.Error(err)
			}
		})
	}
}

func familyNames(t *testing.T, registry *prometheus.Registry) (names []string) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		names = append(names, f.GetName())
	}
	return names
}

func TestLint(t *testing.T) {
	for _, model := range []server.Model{server.ModelPool, server.ModelGoroutine} {
		m := measure(model, sample)
		m.exercise()
		lint(t, m.registry)
	}
	alone := prometheus.NewPedanticRegistry()
	serve(alone, nil, []prometheus.Collector{NewNetHTTP(&http.Server{})})
	lint(t, alone)
}

func lint(t *testing.T, registry *prometheus.Registry) {
	t.Helper()
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestOnlyThePoolModelHasPoolMetrics(t *testing.T) {
	for model, want := range map[server.Model]bool{
		server.ModelPool: true, server.ModelGoroutine: false, server.ModelThread: false,
	} {
		m := measure(model, sample)
		if got := m.srv.Pool.Trace != nil; got != want {
			t.Errorf("%v: has hooks of a pool: %t", model, got)
		}
		if got := testutil.CollectAndCount(m, "millpond_pool_workers") > 0; got != want {
			t.Errorf("%v: has pool metrics: %t", model, got)
		}
	}
}

// TestHooksAreAdded checks that hooks which are set already are called, too.
func TestHooksAreAdded(t *testing.T) {
	var called []string
	note := func(name string) { called = append(called, name) }
	srv := &server.Server{
		Trace: &server.Trace{
			Accepted: func() { note("accepted") },
			Done:     func(server.Request) { note("done") },
			Panicked: func(any) { note("panicked") },
		},
		Pool: pool.Config{Trace: &pool.Trace{
			Queued:        func(int) { note("queued") },
			Started:       func(time.Duration) { note("started") },
			OverloadEnded: func(pool.Episode) { note("ended") },
			Dropped:       func(time.Duration, pool.DropReason) { note("dropped") },
			Completed:     func(time.Duration, pool.Result) { note("completed") },
		}},
	}
	m := &measured{Collector: New(srv), srv: srv}
	srv.Trace.Accepted()
	m.exercise()
	want := []string{"accepted", "done", "done", "done", "done", "done", "panicked", "queued", "started", "dropped", "completed", "ended"}
	if !slices.Equal(called, want) {
		t.Errorf("called %v, want %v", called, want)
	}
}

// TestAnApp registers a server, a pool and a net/http server with one registry
// of the program's own.
func TestAnApp(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	p, thumbnails, err := NewPool("thumbnails", pool.Config{Workers: 3, Queue: 5})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]prometheus.Collector{
		"none": thumbnails, "main": New(&server.Server{}), "admin": NewNetHTTP(&http.Server{}),
	} {
		prometheus.WrapRegistererWith(prometheus.Labels{"server": name}, registry).MustRegister(c)
	}
	if err := p.Submit(t.Context(), pool.Task{Run: func(context.Context, time.Time) {}}); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := strings.NewReader(`# HELP millpond_pool_completed_total Items whose work ended.
# TYPE millpond_pool_completed_total counter
millpond_pool_completed_total{class="default",pool="thumbnails",result="aborted"} 0
millpond_pool_completed_total{class="default",pool="thumbnails",result="ok"} 1
millpond_pool_completed_total{class="default",pool="thumbnails",result="panic"} 0
`)
	if err := testutil.CollectAndCompare(thumbnails, want, "millpond_pool_completed_total"); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(registry, "millpond_pool_workers_limit", "millpond_http_requests_in_flight"); err != nil || n != 4 {
		t.Errorf("%d series, %v, want those of two pools and of two servers", n, err)
	}
	if _, _, err := NewPool("x", pool.Config{Workers: -1}); err == nil {
		t.Error("a bad configuration is no fault")
	}
}

func TestHandler(t *testing.T) {
	m := measure(server.ModelPool, sample)
	h := Handler(nil, m)
	scrape := func(accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	w := scrape("text/plain")
	if w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
	for _, want := range []string{
		`millpond_pool_workers{pool="requests",state="busy"} 7`,
		"go_sched_latencies_seconds_count ", "go_sched_goroutines_runnable_goroutines ", "go_sync_mutex_wait_total_seconds_total ",
		"go_cpu_classes_gc_total_cpu_seconds_total ", "process_open_fds ", "go_build_info{", "millpond_netns_listen_overflows_total ",
	} {
		if !strings.Contains(w.Body.String(), "\n"+want) {
			t.Errorf("%s is absent", want)
		}
	}
	if w := scrape("application/openmetrics-text;version=1.0.0"); !strings.HasSuffix(w.Body.String(), "# EOF\n") {
		t.Errorf("no OpenMetrics: %s", w.Header().Get("Content-Type"))
	}
}
