package main

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"millpond/bench"
	"millpond/bench/load"
)

func TestSegments(t *testing.T) {
	plateau := func(name string, rate float64, seconds int) load.Segment {
		return load.Segment{Name: name, From: rate, To: rate, Length: time.Duration(seconds) * time.Second}
	}
	for name, c := range map[string]struct {
		shape shape
		want  []load.Segment
		fault string
	}{
		"rate":           {shape: shape{Rate: 100}, want: []load.Segment{plateau("", 100, 12)}},
		"closed":         {shape: shape{Concurrency: 3}, want: []load.Segment{plateau("", 0, 12)}},
		"stages":         {shape: shape{Stages: "100:30s, 500:1m"}, want: []load.Segment{plateau("warm-up", 100, 2), plateau("stage 1", 100, 30), plateau("stage 2", 500, 60)}},
		"ramp":           {shape: shape{Ramp: "5:50"}, want: []load.Segment{plateau("warm-up", 5, 2), {Name: "ramp", From: 5, To: 50, Length: 10 * time.Second}}},
		"no time":        {shape: shape{Stages: "100"}, fault: `stage "100": write a rate and its time, such as 100:30s`},
		"no unit":        {shape: shape{Stages: "100:30s,500:60"}, fault: `stage "500:60"`},
		"negative":       {shape: shape{Stages: "-1:30s"}, fault: "stage"},
		"ramp from NaN":  {shape: shape{Ramp: "NaN:3"}, fault: "ramp"},
		"a ramp of zero": {shape: shape{Ramp: "0:0"}, fault: "above 0"},
		"rate of NaN":    {shape: shape{}, fault: "above 0"},
	} {
		got, err := c.shape.segments(2*time.Second, 10*time.Second)
		if (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %+v and error %v, want %+v and %q", name, got, err, c.want, c.fault)
		}
	}
}

func TestParseRequest(t *testing.T) {
	like := load.Request{Method: "GET"}
	for text, want := range map[string]load.Request{
		"/a":              {Method: "GET", Target: "/a"},
		"3 /a":            {Method: "GET", Target: "/a", Weight: 3},
		"PUT /a":          {Method: "PUT", Target: "/a"},
		" 0.5  POST /a?b": {Method: "POST", Target: "/a?b", Weight: 0.5},
	} {
		got, err := parseRequest(text, like)
		if err != nil || got.Method != want.Method || got.Target != want.Target || got.Weight != want.Weight {
			t.Errorf("%q: got %+v and error %v, want %+v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "a", "-3 /a", "3", "POST", "GET /a HTTP/1.1", "get /a", "0 /a"} {
		if _, err := parseRequest(bad, like); err == nil || !strings.Contains(err.Error(), "request") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func TestLoadOfAList(t *testing.T) {
	var posts, gets atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == "POST" && r.URL.Path == "/b" && r.ContentLength == 1:
			posts.Add(1)
		case r.Method == "GET" && r.URL.Path == "/a" && r.ContentLength == 0:
			gets.Add(1)
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	defer srv.Close()
	// The URL is an argument, and needs no scheme.
	code, stdout, stderr, dir := invoke(t, t.Context(), append([]string{"load", strings.TrimPrefix(srv.URL, "http://") + "/x", "--body=x",
		"--request=3 /a", "--request=1 POST /b"}, short...)...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if p, g := posts.Load(), gets.Load(); p == 0 || g <= p {
		t.Errorf("%d POSTs and %d GETs, want about one and three", p, g)
	}
	trial := result(t, dir).Runs[0].Trials[0]
	if len(trial.Statuses) != 1 || trial.Statuses[200] != trial.Offered || !strings.Contains(stdout, "statuses    200 × ") {
		t.Errorf("statuses %v:\n%s", trial.Statuses, stdout)
	}
}

func TestLoadStartsPinsAndMeasuresAServer(t *testing.T) {
	t.Setenv(stubKind, "good")
	code, stdout, stderr, dir := invoke(t, t.Context(), append([]string{"load", "--exec", os.Args[0] + " --addr {addr}", "/x"}, short...)...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	r := result(t, dir)
	trial := r.Runs[0].Trials[0]
	if trial.Outcomes.OK != trial.Offered || !trial.Used().PeakRSS.Known() || len(r.Env.ServerCores) != 1 {
		t.Errorf("got %+v, %+v on cores %v:\n%s", trial.Outcomes, trial.Usage, r.Env.ServerCores, stdout)
	}
}

func TestLoadMeasuresAProcess(t *testing.T) {
	t.Setenv(stubKind, "good")
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, os.Args[0])
	defer cmd.Wait()
	defer stop()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := strings.TrimSpace(strings.TrimPrefix(line, "stub: serving "))
	code, _, stderr, dir := invoke(t, t.Context(), append([]string{"load", "--pid", strconv.Itoa(cmd.Process.Pid), url + "/x"}, short...)...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if trial := result(t, dir).Runs[0].Trials[0]; trial.Outcomes.OK != trial.Offered || !trial.Used().PeakRSS.Known() {
		t.Errorf("got %+v, %+v", trial.Outcomes, trial.Usage)
	}
	code, _, stderr, _ = invoke(t, t.Context(), append([]string{"load", "--pid=999999999", url}, short...)...)
	if code != exitUsage || !strings.Contains(stderr, "process 999999999 cannot be pinned") {
		t.Errorf("a process that is not there: exit code %d: %s", code, stderr)
	}
}

func TestLoadGivesUp(t *testing.T) {
	url, _ := hello(t)
	code, stdout, _, dir := invoke(t, t.Context(), "load", url, "--rate=500", "--duration=1h", "--warmup=0s", "--timeout=1m", "--give-up", "--slo=max<1ns")
	if code != exitGate || !strings.Contains(stdout, "ENDED EARLY max<1ns was lost") {
		t.Errorf("exit code %d, want %d:\n%s", code, exitGate, stdout)
	}
	if trial := result(t, dir).Runs[0].Trials[0]; trial.Duration > 600 || trial.GaveUp == "" {
		t.Errorf("it lasted %v s: %q", trial.Duration, trial.GaveUp)
	}
}

func TestLimit(t *testing.T) {
	url, _ := hello(t)
	args := []string{"limit", url, "--duration=50ms", "--warmup=10ms", "--timeout=1m", "--from=50", "--to=200"}
	code, stdout, stderr, dir := invoke(t, t.Context(), append(args, "--slo=failures<1%")...)
	run := result(t, dir).Runs[0]
	// A machine that others use may leave no trial valid.
	if known := run.Limit.Rate.Known(); known != (code == exitOK) || known && run.Limit.Rate.Float() != 200 || !known && run.Limit.Why == "" {
		t.Errorf("exit code %d, limit %+v: %s", code, run.Limit, stderr)
	}
	if !strings.Contains(stdout, "failures<1%") {
		t.Errorf("the answer does not name the objective:\n%s", stdout)
	}
	code, stdout, _, dir = invoke(t, t.Context(), append(args, "--slo=p50<1ns")...)
	if run := result(t, dir).Runs[0]; code != exitGate || run.Limit.Rate.Known() || !strings.Contains(stdout, "No rate was found") {
		t.Errorf("an impossible objective: exit code %d, limit %+v:\n%s", code, run.Limit, stdout)
	}
	for _, trial := range result(t, dir).Runs[0].Trials {
		if trial.Phase != bench.PhaseCapacity && !trial.Search {
			t.Errorf("%s lost its objective and is judged", trial.Phase)
		}
	}
}

// Nothing is known of a server if no trial was valid: that is no missed
// objective. One connection is not enough for what is to be sent here.
func TestLimitWithoutAValidTrial(t *testing.T) {
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-r.Context().Done():
		}
	}))
	defer slow.Close()
	code, stdout, stderr, dir := invoke(t, t.Context(), "limit", slow.URL, "--connections=1", "--from=2000", "--to=4000",
		"--duration=200ms", "--warmup=0s", "--slo=failures<100%")
	if limit := result(t, dir).Runs[0].Limit; code != exitInvalid || limit.Rate.Known() || limit.Lost != nil || !strings.Contains(stderr, "no trial was valid") {
		t.Errorf("exit code %d, want %d; limit %+v:\n%s%s", code, exitInvalid, limit, stdout, stderr)
	}
}

// TestBrokenServersAreToldFirstByLoads does for the commands that take any
// server what [TestBrokenServersAreToldFirst] does for the others. No objective
// is kept, not even one that cannot be missed.
func TestBrokenServersAreToldFirstByLoads(t *testing.T) {
	where := []string{"--exec", os.Args[0] + " --addr {addr}", "/x", "--slo=p99<1h", "--slo=sheds<101%"}
	loads := append([]string{"load", "--rate=200"}, where...)
	unjudged := loads[: len(loads)-2 : len(loads)-2]
	limit := append([]string{"limit", "--from=50", "--to=100"}, where...)
	versus := []string{"versus", os.Args[0], os.Args[0], "--multiples=0.1", "--trials=1", "--workload=hello", "--fail-on=5%"}
	for _, c := range []struct {
		kind string
		args []string
		says string
	}{
		{"404", loads, "FAULT: the server served nothing: %wrong answers% (status 404 × "}, {"404", limit, "it answers 404"}, {"404", versus, "it answers 404"},
		{"404", unjudged, "FAULT: the server served nothing: "}, {"dies", unjudged, "FAULT: the server died: "},
		{"ssh", loads, `FAULT: the server served nothing: % wrong answers% (the answer is not HTTP/1: "SSH-2.0-stub")`},
		{"503", loads, "FAULT: the server served nothing: % (status 503 × "}, {"503", limit, "it answers 503"}, {"503", versus, "it answers 503"},
		{"hangs", loads, "FAULT: the server served nothing: % timeouts"}, {"hangs", limit, "no answer within"},
		{"dies", loads, "FAULT: the server died: %: fatal error: out of luck"}, {"dies", limit, "No rate was found"}, {"dies", versus, "it died"},
		{"lies", loads, "FAULT: the server counts otherwise than its clients"}, {"lies", limit, "No rate was found"},
		{"drops", loads, "The server answered only % broken connections"}, {"drops", limit, "No rate was found"},
		{"lies", versus, "before counts otherwise"}, {"hangs", versus, "no answer within"},
	} {
		t.Run(c.args[0]+" "+c.kind, func(t *testing.T) {
			t.Setenv(stubKind, c.kind)
			told(t, append(c.args, "--duration=300ms", "--warmup=20ms", "--timeout=200ms", "--out", t.TempDir()), c.says, 0)
		})
	}
}
