package bench

import (
	"strings"
	"testing"
)

func TestWorkloads(t *testing.T) {
	for text, want := range map[string]string{
		"cpu":               "/task?cpu=5ms",
		"bimodal":           "99 × /task?cpu=1ms, 1 × /task?cpu=100ms",
		"hello":             "/",
		"cpu=5ms":           "/task?cpu=5ms",
		"cpu=5ms,wait=20ms": "/task?cpu=5ms&wait=20ms",
		"alloc=1MiB&size=9": "/task?alloc=1MiB&size=9",
		"/my/path?x=y":      "/my/path?x=y",
	} {
		w, err := ParseWorkload(text)
		if err != nil || w.describe() != want || w.Name != text {
			t.Errorf("%q: got %q named %q and error %v, want %q", text, w.describe(), w.Name, err, want)
		}
	}
	for _, bad := range []string{"", "cpus", "cpu=5ms&colour=red", "speed=9", "a=%zz"} {
		if _, err := ParseWorkload(bad); err == nil || !strings.Contains(err.Error(), "workload") {
			t.Errorf("%q: got error %v", bad, err)
		}
	}
}

func TestTargets(t *testing.T) {
	for base, want := range map[string]string{
		"http://127.0.0.1:80":          "GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n",
		"http://127.0.0.1/a?b=c":       "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"http://[::1]:8080/x%20y#frag": "GET /x%20y HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
	} {
		to := target(t, base)
		if got := string(to.requests[0].bytes); got != want || !to.Local() {
			t.Errorf("%s: got %q, local %v, want %q", base, got, to.Local(), want)
		}
	}
	for _, bad := range []string{"", "127.0.0.1:80", "https://127.0.0.1", "http://", "http://127.0.0.1:0", "http://127.0.0.1:99999", "http://127.0.0.1:x", "http://a b/"} {
		if _, err := NewTarget(t.Context(), bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for name, r := range map[string]Request{
		"white space in target": {Target: "/a b"},
		"a second request":      {Target: "/a HTTP/1.1\r\n\r\nGET /b"},
		"no slash":              {Target: "a"},
		"negative weight":       {Weight: -1},
		"chunked":               {Header: map[string][]string{"Transfer-Encoding": {"chunked"}}},
	} {
		if _, err := NewTarget(t.Context(), "http://127.0.0.1", r); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if target(t, "http://192.0.2.1").Local() {
		t.Error("TEST-NET-1 is not on this host")
	}
}

func TestRequestWithHeaderAndBody(t *testing.T) {
	to := target(t, "http://127.0.0.1", Request{
		Method: "POST", Target: "/x", Body: []byte("body"), Header: map[string][]string{"Host": {"example.org"}, "A": {"b"}},
	})
	want := "POST /x HTTP/1.1\r\nHost: example.org\r\nA: b\r\nContent-Length: 4\r\n\r\nbody"
	if got := string(to.requests[0].bytes); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want = strings.Replace(want, "HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", 1)
	if got := string(to.withClose().requests[0].bytes); got != want {
		t.Errorf("with close: got %q, want %q", got, want)
	}
}

func TestMetricsText(t *testing.T) {
	got, err := parseMetrics(strings.NewReader(`# HELP go_goroutines Number of goroutines.
go_goroutines 42
millpond_pool_workers{state="busy"} 3
millpond_pool_workers{state="idle"} 5
millpond_http_requests_total{method="GET",code="200",route="/{x}"} 1.5e+03 1700000000
millpond_http_requests_total{method="GET",code="503",route="a \"b\" }"} 500

`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int64{metricGoroutines: 42, metricWorkers: 3, metricRequests: 2000, metricQueue: -1} {
		if n := got.get(name); n != want {
			t.Errorf("%s is %d, want %d", name, n, want)
		}
	}
	for _, bad := range []string{"name", "name{x=\"y\" 3", "name ", "name x"} {
		if _, err := parseMetrics(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func FuzzParseMetrics(f *testing.F) {
	f.Add("a{b=\"c\"} 1\n# x\n")
	f.Fuzz(func(_ *testing.T, s string) { _, _ = parseMetrics(strings.NewReader(s)) })
}

func TestCommandsAreFilledIn(t *testing.T) {
	c, err := Shell("app", "myserver --addr {addr} --workers {workers} --queue {queue}")
	if err != nil {
		t.Fatal(err)
	}
	args, addr, err := c.fill(3, 9)
	if err != nil || !strings.HasPrefix(addr, "127.0.0.1:") {
		t.Fatalf("address %q, error %v", addr, err)
	}
	if want := "exec myserver --addr " + addr + " --workers 3 --queue 9"; args[2] != want {
		t.Errorf("got %q, want %q", args[2], want)
	}
	if _, err := Shell("app", "myserver"); err == nil {
		t.Error("a command without {addr} was accepted")
	}
	told := strings.Join(Millpond("server", "pool", 7, 4, -1).Command, " ")
	if want := "server --addr 127.0.0.1:0 --model pool --burn-per-ms 7 --workers {workers}"; told != want {
		t.Errorf("got %q, want %q", told, want)
	}
	if rival := Millpond("server", "nethttp", -1, 4, 4); rival.takes("{workers}") || rival.takes("{queue}") {
		t.Errorf("a model without a bound is given one: %q", rival.Command)
	}
}

func TestSummaryIsFlat(t *testing.T) {
	r := &Result{Runs: []Run{{Kind: "contrast", Capacity: 200, Trials: []Trial{
		{Target: "pool", Phase: "3x", Goodput: 190, Latency: Latency{Served: Histogram{P99: 0.2}}},
		{Target: "pool", Phase: "3x", Goodput: 180, Latency: Latency{Served: Histogram{P99: 0.1}}, Server: &Server{PeakRSS: 7}},
	}}, {Kind: "load", Trials: []Trial{{Target: "http://127.0.0.1/", Throughput: 5}}}}}
	r.Summarise()
	for name, want := range map[string]float64{
		"contrast.capacity": 200, "contrast.pool.3x.goodput": 185, "contrast.pool.3x.p99_seconds": 0.2,
		"contrast.pool.3x.peak_rss_bytes": 7, "load.throughput": 5,
	} {
		if got, ok := r.Summary[name]; !ok || got != want {
			t.Errorf("%s is %v (%v), want %v", name, got, ok, want)
		}
	}
}

func TestSplitCores(t *testing.T) {
	c, err := SplitCores(1)
	if err != nil || len(c.Generator) != 1 || len(c.Server) != 1 {
		t.Fatalf("got %+v and error %v", c, err)
	}
	if _, err := SplitCores(10_000); err == nil {
		t.Error("10,000 processors were found")
	}
	if one := (Cores{Generator: []int{0}, Server: []int{0}}); !one.Shared() {
		t.Error("the same processor is not shared")
	}
	if two := (Cores{Generator: []int{0}, Server: []int{1, 2}}); two.Shared() {
		t.Error("different processors are shared")
	}
}
