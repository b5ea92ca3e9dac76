package process

import (
	"runtime"
	"strings"
	"testing"

	"millpond/bench"
)

func TestMetricsText(t *testing.T) {
	got, err := parseMetrics(strings.NewReader(`# HELP go_goroutines Number of goroutines.
go_goroutines 42
millpond_pool_workers{state="busy"} 3
millpond_pool_workers{state="idle"} 5
millpond_pool_completed_total{class="a",pool="requests"} 6
millpond_pool_completed_total{class="b",pool="requests"} 1
millpond_pool_completed_total{class="a",pool="control"} 9
millpond_http_requests_total{method="GET",code="200",route="/{x}"} 1.5e+03 1700000000
millpond_http_requests_total{method="GET",code="503",route="a \"b\" }"} 500

`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bench.Value{metricGoroutines: bench.Known(42), metricWorkers: bench.Known(3), metricCompleted: bench.Known(7), metricRequests: bench.Known(2000), metricQueue: {}} {
		if n := got.get(name); n != want {
			t.Errorf("%s is %+v, want %+v", name, n, want)
		}
	}
	for _, bad := range []string{"name", "name{x=\"y\" 3", "name ", "name x"} {
		if _, err := parseMetrics(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestCommandsAreFilledIn(t *testing.T) {
	c, err := Shell("app", "myserver --addr {addr} --workers {workers} --queue {queue}")
	if err != nil {
		t.Fatal(err)
	}
	args, addr, err := c.fill(3, 9, "")
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
	if unbounded := Millpond("server", "nethttp", -1, 4, 4); unbounded.Takes("{workers}") || unbounded.Takes("{queue}") {
		t.Errorf("a model without a bound is given one: %q", unbounded.Command)
	}
}

// A server and its backend are one: it is told where that is, both are in one
// process group, and the death of either is its own.
func TestBackends(t *testing.T) {
	script := func(text string) []string { return []string{"/bin/sh", "-c", text} }
	cores, err := SplitCores(1)
	if err != nil {
		t.Fatal(err)
	}
	server := Server{Name: "proxy", Command: script(`echo serving {backend}0; exec cat /dev/zero >/dev/null`),
		Backend: script(`echo serving http://127.0.0.1:1; exec cat /dev/zero >/dev/null`)}
	p, err := Start(t.Context(), server, -1, -1, cores.Server)
	if err != nil {
		t.Fatal(err)
	}
	procs, err := processGroup(p.Group())
	if p.URL != "http://127.0.0.1:10" || err != nil || len(procs) != 2 || p.Died() != "" {
		t.Errorf("at %s, %d processes (%v), died %q", p.URL, len(procs), err, p.Died())
	}
	_ = p.backend.Cmd.Process.Kill()
	<-p.backend.exited
	if died := p.Died(); !strings.HasPrefix(died, "backend: ") {
		t.Errorf("the backend is dead, and it died %q", died)
	}
	p.Stop()
	server.Command = script("exit 3")
	if _, err := Start(t.Context(), server, -1, -1, cores.Server); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("a proxy that ends at once: error %v", err)
	}
	server.Backend = script("exit 4")
	if _, err := Start(t.Context(), server, -1, -1, cores.Server); err == nil || !strings.Contains(err.Error(), "proxy's backend") {
		t.Errorf("a backend that ends at once: error %v", err)
	}
}

func TestSplitCores(t *testing.T) {
	c, err := SplitCores(1)
	if err != nil || len(c.Generator) != 1 || len(c.Server) != 1 {
		t.Fatalf("got %+v and error %v", c, err)
	}
	if all, err := SplitCores(0); err != nil || len(all.Server) != max(1, runtime.NumCPU()-1) {
		t.Errorf("got %+v and error %v, want all processors but one for the server", all, err)
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
