package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"millpond/bench"
)

// TestMain makes the test binary double as the program, so that check can start
// it as its simulator or as a server.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "simulate" {
		main()
		return
	}
	if kind := os.Getenv(stubKind); kind != "" {
		stub(kind, os.Args[1:])
		return
	}
	goleak.VerifyTestMain(m)
}

// hello is a server that answers, and counts.
func hello(t *testing.T) (url string, served *atomic.Int64) {
	t.Helper()
	served = new(atomic.Int64)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served.Add(1)
		io.WriteString(w, "hello\n")
	}))
	t.Cleanup(srv.Close)
	return srv.URL, served
}

// invoke runs the program with a directory for its output.
func invoke(t *testing.T, ctx context.Context, args ...string) (code int, stdout, stderr, dir string) {
	t.Helper()
	dir = t.TempDir()
	var out, err bytes.Buffer
	code = run(ctx, append(args, "--out", dir), &out, &err)
	return code, out.String(), err.String(), dir
}

// result reads the report that a run left.
func result(t *testing.T, dir string) *bench.Result {
	t.Helper()
	r, err := readResult(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// short is a load of 50 requests or so.
var short = []string{"--duration=200ms", "--warmup=50ms", "--rate=200", "--timeout=1m"}

func TestLoad(t *testing.T) {
	url, served := hello(t)
	code, stdout, stderr, dir := invoke(t, t.Context(), append([]string{"load", "--url", url + "/x"}, short...)...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"poisson arrivals, 200 requests/s", "goodput", "send lag", "report.json"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the output has no %q:\n%s", want, stdout)
		}
	}
	trial := result(t, dir).Runs[0].Trials[0]
	if n, g := served.Load(), trial.Generator; trial.Outcomes.OK != trial.Offered || n < g.Answers || n > g.Attempts {
		t.Errorf("offered %d, sent %d, served %d, got %+v", trial.Offered, g.Attempts, n, trial.Outcomes)
	}
}

func TestLoadRampAndClosedLoop(t *testing.T) {
	url, _ := hello(t)
	for name, flags := range map[string][]string{
		"ramp":        {"--ramp=100:500", "--duration=200ms", "--warmup=50ms"},
		"closed loop": {"--concurrency=3", "--duration=100ms", "--warmup=10ms"},
		"POST":        {"--rate=100", "--duration=100ms", "--warmup=10ms", "--method=POST", "--body=x", "--header=A: b", "--fresh"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr, dir := invoke(t, t.Context(), append([]string{"load", "--timeout=1m", "--url", url}, flags...)...)
			if code != exitOK {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			if trial := result(t, dir).Runs[0].Trials[0]; trial.Outcomes.OK != trial.Offered || trial.Offered == 0 {
				t.Errorf("offered %d, got %+v", trial.Offered, trial.Outcomes)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	url, _ := hello(t)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	for name, tc := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":             {[]string{"load", "--help"}, exitOK, ""},
		"unknown command":  {[]string{"explode"}, exitUsage, "explode"},
		"unknown flag":     {[]string{"load", "--speed=9"}, exitUsage, "--speed"},
		"no URL":           {[]string{"load", "--rate=9"}, exitUsage, "--url"},
		"no load":          {[]string{"load", "--url", url}, exitUsage, "--rate"},
		"two loads":        {[]string{"load", "--url", url, "--rate=9", "--concurrency=2"}, exitUsage, "rate"},
		"a wrong rate":     {[]string{"load", "--url", url, "--rate=fast"}, exitUsage, `--rate: expected a float but got "fast" (string) (see bench load --help)`},
		"a wrong count":    {[]string{"load", "--url", url, "--concurrency=1.5"}, exitUsage, `--concurrency: expected a valid 64 bit int but got "1.5"`},
		"a wrong seed":     {[]string{"load", "--url", url, "--rate=9", "--seed=-"}, exitUsage, `--seed`},
		"no clients":       {[]string{"load", "--url", url, "--concurrency=0"}, exitUsage, "--concurrency, above 0"},
		"rate of 0":        {[]string{"load", "--url", url, "--rate=0"}, exitUsage, "rate"},
		"rate of -1":       {[]string{"load", "--url", url, "--rate=-1"}, exitUsage, "rate"},
		"impossible rate":  {[]string{"load", "--url", url, "--rate=1e12"}, exitUsage, "arrivals"},
		"no such ramp":     {[]string{"load", "--url", url, "--ramp=5"}, exitUsage, "ramp"},
		"no unit":          {[]string{"load", "--url", url, "--rate=9", "--duration=10"}, exitUsage, "did you mean 10s?"},
		"two URLs":         {[]string{"load", url, "--url", url, "--rate=9"}, exitUsage, "given twice"},
		"no time":          {[]string{"load", url, "--rate=9", "--duration=0"}, exitUsage, "--duration 0s: it must be above 0"},
		"a bad stage":      {[]string{"load", url, "--stages=9"}, exitUsage, "such as 100:30s"},
		"exec and URL":     {[]string{"load", url, "--exec=x {addr}", "--rate=9"}, exitUsage, "path only"},
		"a multiple of 0":  {[]string{"contrast", "--multiples=0"}, exitUsage, "above 0"},
		"an absurd one":    {[]string{"contrast", "--multiples=1e9"}, exitUsage, "at most 1000"},
		"limit backwards":  {[]string{"limit", url, "--from=9", "--to=3"}, exitUsage, "upwards"},
		"versus nothing":   {[]string{"versus", "/no/such/a", "/no/such/b"}, exitUsage, "/no/such/b"},
		"wrong unit":       {[]string{"load", "--url", url, "--rate=9", "--duration=5parsecs"}, exitUsage, "duration"},
		"negative time":    {[]string{"load", "--url", url, "--rate=9", "--duration=-5s"}, exitUsage, "duration"},
		"limit > timeout":  {[]string{"load", "--url", url, "--rate=9", "--limit=2s"}, exitUsage, "limit"},
		"too many files":   {[]string{"load", "--url", url, "--rate=9", "--connections=10000000"}, exitUsage, "ulimit"},
		"another host":     {[]string{"load", "--url", "http://192.0.2.1/", "--rate=9"}, exitUsage, "--allow-remote"},
		"https":            {[]string{"load", "--url", "https://127.0.0.1/", "--rate=9"}, exitUsage, "https is not supported"},
		"bad objective":    {[]string{"load", "--url", url, "--rate=9", "--slo", "p99"}, exitUsage, "p99"},
		"bad header":       {[]string{"load", "--url", url, "--rate=9", "--header", "x"}, exitUsage, "header"},
		"no body file":     {[]string{"load", "--url", url, "--rate=9", "--body", "@/no/such/file"}, exitUsage, "/no/such/file"},
		"nobody there":     {[]string{"load", "--url", "http://" + nobody.Addr().String(), "--rate=9"}, exitFailed, "connection refused"},
		"objective kept":   {append([]string{"load", "--url", url, "--slo", "failures<1%"}, short...), exitOK, ""},
		"objective missed": {append([]string{"load", "--url", url, "--slo", "goodput>1000000"}, short...), exitGate, "objective"},
		"no capacity":      {append([]string{"load", "--url", url, "--slo", "goodput>0.9*capacity"}, short...), exitUsage, "capacity"},
		"invalid": {[]string{"load", "--url", url, "--rate=0.001", "--duration=20ms", "--warmup=0s", "--strict"},
			exitInvalid, "invalid"},
		"no such server":   {[]string{"contrast", "--server", "/no/such/server"}, exitUsage, "--server"},
		"no such model":    {[]string{"contrast", "--models", "fibre"}, exitUsage, "fibre"},
		"no such workload": {[]string{"contrast", "--workload", "fun"}, exitUsage, "workload"},
		"no trials":        {[]string{"contrast", "--trials=0"}, exitUsage, "--trials"},
		"no servers":       {[]string{"contrast", "--models="}, exitUsage, "--target"},
		"remote target":    {[]string{"contrast", "--models=", "--target=a=http://192.0.2.1"}, exitUsage, "--allow-remote"},
		"no name":          {[]string{"contrast", "--target=" + url}, exitUsage, "write NAME=URL"},
		"a dead target":    {[]string{"contrast", "--target=a=http://" + nobody.Addr().String()}, exitFailed, "target a: nothing to load"},
		"too many cores":   {[]string{"contrast", "--server-cores=999"}, exitUsage, "processors"},
		"size of a model":  {[]string{"size", "--models", "nethttp"}, exitUsage, "only the pool"},
		"size by goodput":  {[]string{"size", "--slo", "goodput>3"}, exitUsage, "p99"},
		"size of nothing":  {[]string{"size", "--exec", "myserver"}, exitUsage, "{addr}"},
		"no workers":       {[]string{"size", "--exec", "myserver {addr}"}, exitUsage, "{workers}"},
		"nothing through":  {[]string{"proxy", "--workers=0"}, exitUsage, "--workers"},
		"an app nowhere":   {[]string{"proxy", "--exec", "myserver"}, exitUsage, "{addr}"},
		"no such row":      {[]string{"overload", "--rows=15"}, exitUsage, "rows 1 to 14"},
		"no rows":          {[]string{"overload", "--rows="}, exitUsage, "--rows is empty. It takes: Rows of the table of targets to make, 1 to 14."},
		"no multiples":     {[]string{"contrast", "--multiples", ""}, exitUsage, "--multiples is empty"},
		"no such before":   {[]string{"overload", "--before=/no/such/server"}, exitUsage, "--before"},
		"a wrong before":   {[]string{"overload", "--before=/bin/true"}, exitUsage, "--before must be a server of millpond's"},
		"another workload": {[]string{"overload", "--workload=hello"}, exitUsage, "unknown flag --workload"},
		"no shock":         {[]string{"pulse", "--peak=0"}, exitUsage, "--peak"},
		"no retries":       {[]string{"retry", "--retries=0"}, exitUsage, "--retries"},
		"negative crowd":   {[]string{"idle", "--idle=-1"}, exitUsage, "--idle"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, stderr, _ := invoke(t, t.Context(), tc.args...)
			if code != tc.code || !strings.Contains(stderr, tc.says) {
				t.Errorf("exit code %d, want %d with %q: %s", code, tc.code, tc.says, stderr)
			}
			for _, never := range []string{"panic", "building"} { // what is wrong is told before minutes are spent
				if strings.Contains(stderr, never) {
					t.Errorf("%s: %s", never, stderr)
				}
			}
		})
	}
}

func TestContrastOfRunningServers(t *testing.T) {
	a, _ := hello(t)
	b, _ := hello(t)
	code, stdout, stderr, dir := invoke(t, t.Context(), "contrast", "--models=", "--target", "a="+a, "--target", "b="+b,
		"--multiples=0.01,0.02", "--duration=100ms", "--warmup=20ms", "--timeout=1m", "--workload=hello")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	trials := result(t, dir).Runs[0].Trials
	loaded := 0
	for _, trial := range trials {
		if trial.Phase != bench.PhaseCapacity {
			loaded++
		}
	}
	if loaded != 4 {
		t.Errorf("%d trials, want two for each server", loaded)
	}
	if lines := strings.Count(stderr, "goodput"); lines != len(trials) || strings.ContainsRune(stderr, '\x1b') {
		t.Errorf("%d lines of progress for %d trials, without control characters: %q", lines, len(trials), stderr)
	}
	if !strings.Contains(stdout, "report.json") {
		t.Errorf("the output does not name the report:\n%s", stdout)
	}
}

func TestInterruptLeavesAPartialReport(t *testing.T) {
	url, served := hello(t)
	ctx, cancel := context.WithCancel(t.Context())
	var dir string
	var code int
	done := make(chan struct{})
	go func() {
		defer close(done)
		code, _, _, dir = invoke(t, ctx, "load", "--url", url, "--rate=500", "--duration=1h", "--warmup=0s")
	}()
	for served.Load() < 20 {
		select {
		case <-done:
			t.Fatalf("it ended early with %d", code)
		default:
			runtime.Gosched()
		}
	}
	cancel()
	<-done
	if code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	r := result(t, dir)
	if trial := r.Runs[0].Trials[0]; !r.Interrupted || trial.Offered == 0 || trial.Outcomes.Sum() != trial.Offered {
		t.Errorf("interrupted %v with %d offered and %+v", r.Interrupted, trial.Offered, trial.Outcomes)
	}
}
