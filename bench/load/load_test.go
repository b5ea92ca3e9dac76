package load

import (
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"millpond/bench"
)

// plateau is a load of one rate.
func plateau(rate float64, length time.Duration) Arrivals {
	return Arrivals{Segments: Plateau(rate, length), Seed: 1}
}

// target prepares a load of GET / at base.
func target(t *testing.T, base string, requests ...Request) *Endpoint {
	t.Helper()
	to, err := NewEndpoint(t.Context(), base, requests...)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// run runs a load and checks what holds for every load.
func run(t *testing.T, l Load) *bench.Trial {
	t.Helper()
	trial, err := l.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if sum := trial.Outcomes.Sum(); sum != trial.Offered {
		t.Errorf("offered %d, but outcomes sum to %d: %+v", trial.Offered, sum, trial.Outcomes)
	}
	var binned int64
	for _, b := range trial.Series {
		if b.Outcomes.Sum() != b.Offered {
			t.Errorf("bin %v: offered %d, but outcomes sum to %d", b.At, b.Offered, b.Outcomes.Sum())
		}
		binned += b.Offered
	}
	if binned < trial.Offered {
		t.Errorf("the series holds %d arrivals of %d", binned, trial.Offered)
	}
	return trial
}

func TestEveryArrivalIsServed(t *testing.T) {
	for name, change := range map[string]func(*Load, string){
		"open loop":        func(*Load, string) {},
		"constant":         func(l *Load, _ string) { l.Arrivals.Shape = Constant },
		"burst":            func(l *Load, _ string) { l.Arrivals.Shape = Burst },
		"three threads":    func(l *Load, _ string) { l.Threads = 3 },
		"one connection":   func(l *Load, _ string) { l.Connections = 1 },
		"new connections":  func(l *Load, _ string) { l.NewConnections = true },
		"closed loop of 4": func(l *Load, _ string) { l.Concurrency = 4 },
		"HEAD":             func(l *Load, url string) { l.Endpoint = target(t, url, Request{Method: http.MethodHead}) },
		"large POST": func(l *Load, url string) {
			l.Arrivals = plateau(20, 300*time.Millisecond)
			l.Endpoint = target(t, url, Request{Method: http.MethodPost, Body: make([]byte, 4<<20)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var served atomic.Int64
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				served.Add(1)
				io.WriteString(w, "hello\n")
			}))
			defer srv.Close()
			l := Load{Endpoint: target(t, srv.URL), Arrivals: plateau(2000, 200*time.Millisecond), Timeout: time.Minute}
			change(&l, srv.URL)
			trial := run(t, l)
			if trial.Offered == 0 || trial.Outcomes.OK != trial.Offered {
				t.Errorf("offered %d, got %+v", trial.Offered, trial.Outcomes)
			}
			if n := served.Load(); n < trial.Offered || n > trial.Generator.Attempts {
				t.Errorf("the server counted %d, the client sent %d, of which %d count", n, trial.Generator.Attempts, trial.Offered)
			}
			if n := trial.Latency.Served.Count; n != trial.Offered {
				t.Errorf("%d latencies for %d answers", n, trial.Offered)
			}
		})
	}
}

// A server that answers nobody while the load is on must not be credited with
// what it does once the load has gone: there is load until the last arrival that
// counts has ended.
func TestLoadGoesOnUntilTheLastHasEnded(t *testing.T) {
	var mu sync.Mutex
	var waiting []chan struct{}
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		turn := make(chan struct{})
		waiting = append(waiting, turn)
		var next chan struct{}
		if len(waiting) > 50 { // each arrival lets the one of 50 arrivals before go
			next, waiting = waiting[0], waiting[1:]
		}
		mu.Unlock()
		if next != nil {
			close(next)
		}
		<-turn
	}))
	trial := run(t, Load{
		Endpoint: target(t, srv.URL), Timeout: time.Minute, Arrivals: plateau(500, 200*time.Millisecond),
	})
	mu.Lock()
	for _, turn := range waiting {
		close(turn)
	}
	mu.Unlock()
	srv.Close()
	if trial.Outcomes.OK != trial.Offered || trial.Generator.Attempts < trial.Offered+50 {
		t.Errorf("%d attempts for %d that count, which ended as %+v; want at least 50 more",
			trial.Generator.Attempts, trial.Offered, trial.Outcomes)
	}
}

func TestOutcomes(t *testing.T) {
	mux := http.NewServeMux()
	release := make(chan struct{})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/many", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	mux.HandleFunc("/drop", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "not a hundred")
	})
	mux.HandleFunc("/garbage", func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			fmt.Fprint(c, "SMTP is another protocol\r\n")
			c.Close()
		}
	})
	mux.HandleFunc("/chunks", func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			io.WriteString(w, "piece")
			http.NewResponseController(w).Flush()
		}
	})
	srv := httptest.NewUnstartedServer(mux)
	srv.Config.ErrorLog = nil
	srv.Start()
	defer srv.Close()
	defer close(release)
	for path, want := range map[string]func(*bench.Outcomes) *int64{
		"/busy":    func(o *bench.Outcomes) *int64 { return &o.Shed },
		"/many":    func(o *bench.Outcomes) *int64 { return &o.Shed },
		"/hang":    func(o *bench.Outcomes) *int64 { return &o.Timeout },
		"/drop":    func(o *bench.Outcomes) *int64 { return &o.Reset },
		"/short":   func(o *bench.Outcomes) *int64 { return &o.Reset },
		"/garbage": func(o *bench.Outcomes) *int64 { return &o.Error },
		"/nothing": func(o *bench.Outcomes) *int64 { return &o.Error },
		"/chunks":  func(o *bench.Outcomes) *int64 { return &o.OK },
	} {
		t.Run(path[1:], func(t *testing.T) {
			timeout := time.Minute
			if path == "/hang" {
				timeout = time.Second
			}
			trial := run(t, Load{
				Endpoint: target(t, srv.URL+path), Timeout: timeout,
				Arrivals: plateau(400, 100*time.Millisecond), Warmup: 10 * time.Millisecond,
			})
			// What a busy machine has kept from being sent says nothing of outcomes.
			if got := *want(&trial.Outcomes); got+trial.Outcomes.Unsent != trial.Offered || got == 0 {
				t.Errorf("got %+v for %d offered", trial.Outcomes, trial.Offered)
			}
		})
	}
}

func TestRefusedConnections(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	trial := run(t, Load{Endpoint: target(t, "http://"+ln.Addr().String()), Timeout: time.Minute, Arrivals: plateau(1000, 50*time.Millisecond)})
	if trial.Offered == 0 || trial.Outcomes.Refused != trial.Offered {
		t.Errorf("offered %d, got %+v", trial.Offered, trial.Outcomes)
	}
}

// An objective that can no longer be kept ends the load.
func TestGivingUp(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/busy" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	failures := Loss{Objective: "failures<1%", Bound: math.MaxInt64, Share: 0.01}
	for _, c := range []struct {
		path  string
		loss  Loss
		gives bool
	}{
		{"/", failures, false},
		{"/busy", failures, true},
		{"/busy", Loss{Objective: "failures<100%", Bound: math.MaxInt64, Share: 1}, false},
		{"/", Loss{Objective: "p99<1ns", Bound: 1, Share: 0.01}, true},
	} {
		length := 300 * time.Millisecond
		if c.gives {
			length = 30 * time.Second // nobody waits for its end
		}
		trial := run(t, Load{
			Endpoint: target(t, srv.URL+c.path), Timeout: time.Minute, Losses: []Loss{c.loss}, Arrivals: plateau(1000, length),
		})
		if gave := trial.GaveUp != ""; gave != c.gives || gave != (trial.Duration < length.Seconds()) || gave && !strings.HasPrefix(trial.GaveUp, c.loss.Objective+" was lost") {
			t.Errorf("%s with %s: gave up %q after %v s", c.path, c.loss.Objective, trial.GaveUp, trial.Duration)
		}
		if rate := float64(trial.Outcomes.Sum()) / trial.Duration; c.gives && (trial.Offered < 3 || rate > 10_000) {
			t.Errorf("%s: %d offered in %v s", c.loss.Objective, trial.Offered, trial.Duration)
		}
	}
}

func TestStatuses(t *testing.T) {
	var served atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if served.Add(1)%2 == 0 || r.URL.Path == "/lost" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer srv.Close()
	l := Load{Endpoint: target(t, srv.URL), Timeout: time.Minute, Arrivals: plateau(500, 100*time.Millisecond)}
	trial := run(t, l)
	if o := trial.Outcomes; trial.Statuses[200] != o.OK || trial.Statuses[404] != o.Error || o.Error == 0 || len(trial.Statuses) != 2 {
		t.Errorf("statuses %v for %+v", trial.Statuses, o)
	}
	l.Endpoint = target(t, srv.URL+"/lost")
	if trial := run(t, l); !strings.Contains(trial.Fault, fmt.Sprintf("status 404 × %d", trial.Offered)) {
		t.Errorf("fault %q of a server that finds nothing", trial.Fault)
	}
}

// A dead server must not turn a closed loop into a flood of connects.
func TestClosedLoopOnADeadServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	trial := run(t, Load{Endpoint: target(t, "http://"+ln.Addr().String()), Arrivals: plateau(0, 200*time.Millisecond), Concurrency: 4})
	if o := trial.Outcomes; o.Refused == 0 || o.Refused+o.Unsent != trial.Offered || trial.Generator.Dialled > 4*20 {
		t.Errorf("%d connects of four clients in 200 ms, %+v", trial.Generator.Dialled, trial.Outcomes)
	}
}
