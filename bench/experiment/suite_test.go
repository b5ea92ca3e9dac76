package experiment

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// suite is a short experiment on servers.
func suite(t *testing.T, servers ...process.Server) *Suite {
	t.Helper()
	cores, err := process.SplitCores(1)
	if err != nil {
		t.Fatal(err)
	}
	return &Suite{
		Servers: servers, Cores: cores, Workers: -1, Queue: -1, Seed: 1, Trials: 1,
		Workload: load.Workload{Requests: []load.Request{{Target: "/"}}},
		Warmup:   50 * time.Millisecond, Duration: 250 * time.Millisecond, Timeout: 5 * time.Second, Connections: 500,
	}
}

// once runs one trial at a modest rate.
func once(t *testing.T, c process.Server, change func(*spec)) (*bench.Trial, error) {
	t.Helper()
	s := suite(t, c)
	p := s.spec(c, "test", 0)
	p.steady(400, s.Duration)
	p.load.Timeout = time.Minute // a tenth of it is for how long a busy machine may hold the generator up
	if change != nil {
		change(&p)
	}
	return s.runOne(t.Context(), p)
}

// rejected tells whether a reason not to believe a trial contains a text.
func rejected(t *bench.Trial, text string) bool {
	return slices.ContainsFunc(t.Validity.Reasons, func(r string) bool { return strings.Contains(r, text) })
}

func TestGoodServer(t *testing.T) {
	t.Setenv("MILLPOND_QUEUE", "5")
	trial, err := once(t, kind("good"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if trial.Offered == 0 || trial.Outcomes.OK != trial.Offered {
		t.Errorf("offered %d, got %+v", trial.Offered, trial.Outcomes)
	}
	if rejected(trial, "counters") || rejected(trial, "died") {
		t.Errorf("rejected a good server: %v", trial.Validity.Reasons)
	}
	s := trial.Usage
	if s.PeakRSS.Or(0) == 0 || s.PeakThreads.Or(0) == 0 || s.PeakGoroutines != bench.Known(12) || s.PeakQueue != bench.Known(3) {
		t.Errorf("the server's figures are incomplete: %+v", s)
	}
}

func TestServerThatDropsEveryTenth(t *testing.T) {
	trial, err := once(t, kind("drops"), nil)
	if err != nil {
		t.Fatal(err)
	}
	o := trial.Outcomes
	if o.Reset == 0 || o.Reset+o.OK != trial.Offered {
		t.Errorf("offered %d, got %+v, want nothing but ok and reset", trial.Offered, o)
	}
	if tenth := trial.Offered / 10; o.Reset < tenth-1 || o.Reset > tenth+1 {
		t.Errorf("%d of %d were reset, want every tenth", o.Reset, trial.Offered)
	}
	if p99 := trial.Latency.Offered.P99; p99 != bench.Infinite {
		t.Errorf("the p99 over all offered is %+v, want infinite", p99)
	}
}

// No server is as quick as this limit.
func TestServerThatIsLate(t *testing.T) {
	trial, err := once(t, kind("good"), func(p *spec) { p.load.Limit = time.Nanosecond })
	if err != nil {
		t.Fatal(err)
	}
	if o := trial.Outcomes; o.Late != trial.Offered || trial.Goodput != 0 {
		t.Errorf("offered %d, got %+v with goodput %v, want all late", trial.Offered, o, trial.Goodput)
	}
}

func TestServerThatSheds(t *testing.T) {
	trial, err := once(t, kind("sheds"), nil)
	if err != nil {
		t.Fatal(err)
	}
	o := trial.Outcomes
	if o.Shed == 0 || o.Shed+o.OK != trial.Offered {
		t.Errorf("offered %d, got %+v, want ok and shed", trial.Offered, o)
	}
	if l := trial.Latency; l.Shed.Count != o.Shed || l.Served.Count != o.OK {
		t.Errorf("%d latencies of sheds and %d of answers for %+v", l.Shed.Count, l.Served.Count, o)
	}
}

func TestRetriesTurnShedsIntoAnswers(t *testing.T) {
	trial, err := once(t, kind("sheds"), func(p *spec) { p.load.Retry = load.Retry{Max: 20, Backoff: time.Microsecond} })
	if err != nil {
		t.Fatal(err)
	}
	if o := trial.Outcomes; o.OK != trial.Offered || trial.Retries == 0 {
		t.Errorf("offered %d, got %+v after %d retries, want all ok", trial.Offered, o, trial.Retries)
	}
}

func TestServerThatLies(t *testing.T) {
	trial, err := once(t, kind("lies"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if trial.Validity.Valid || !rejected(trial, "counters disagree") {
		t.Errorf("believed a server that counts tenfold: %v", trial.Validity.Reasons)
	}
}

func TestServerThatDies(t *testing.T) {
	trial, err := once(t, kind("mortal"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(trial.Usage.Died, "out of luck") || !rejected(trial, "died") {
		t.Errorf("died %q, reasons %v", trial.Usage.Died, trial.Validity.Reasons)
	}
	if o := trial.Outcomes; o.Refused+o.Reset == 0 || o.Sum() != trial.Offered {
		t.Errorf("offered %d, got %+v, want refused or broken connections", trial.Offered, o)
	}
}

func TestServerThatIsToldItsAddress(t *testing.T) {
	trial, err := once(t, kind("told", "{addr}", "{workers}"), func(p *spec) { p.workers = 3 })
	if err != nil {
		t.Fatal(err)
	}
	if trial.Outcomes.OK != trial.Offered || trial.Workers != 3 || trial.Queue != -1 {
		t.Errorf("offered %d, got %+v with %d workers and queue %d", trial.Offered, trial.Outcomes, trial.Workers, trial.Queue)
	}
}

func TestServerThatCannotStart(t *testing.T) {
	_, err := once(t, kind("stillborn"), nil)
	if err == nil || !strings.Contains(err.Error(), "exit status 7: no such luck") {
		t.Errorf("got error %v, want the server's last words", err)
	}
	_, err = once(t, process.Server{Name: "none", Command: []string{"/no/such/program"}}, nil)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v, want that the program does not exist", err)
	}
}

func TestInterruptWhileAServerStarts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := kind("silent")
	if _, err := process.Start(ctx, c, -1, -1, suite(t, c).Cores.Server); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want canceled", err)
	}
}

func TestInterruptedLoadAccountsForWhatItOffered(t *testing.T) {
	c := kind("good")
	s := suite(t, c)
	p := s.spec(c, "test", 0)
	p.load.Arrivals = load.Arrivals{Segments: []load.Segment{{From: 400, To: 400, Length: time.Hour}}, Seed: 1}
	proc, err := process.Start(t.Context(), c, -1, -1, s.Cores.Server)
	if err != nil {
		t.Fatal(err)
	}
	defer proc.Stop()
	to, err := load.NewEndpoint(t.Context(), proc.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.load.Endpoint, p.load.Live = to, new(load.Live)
	var trial *bench.Trial
	done := make(chan error)
	go func() {
		var err error
		trial, err = p.load.Run(ctx)
		done <- err
	}()
	for p.load.Live.Answered.Load() < 50 {
		select {
		case err := <-done:
			t.Fatalf("the load ended early: %v", err)
		case <-t.Context().Done():
			t.Fatal("nothing happens")
		default:
			runtime.Gosched()
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want canceled", err)
	}
	if trial == nil || trial.Offered == 0 || trial.Outcomes.Sum() != trial.Offered {
		t.Errorf("got %+v, want a trial whose outcomes add up", trial)
	}
}

func TestCalibrateReadsTheLog(t *testing.T) {
	burn, err := process.Calibrate(t.Context(), kind("good"), suite(t).Cores.Server)
	if err != nil || burn != 4711 {
		t.Errorf("got %d and error %v, want 4711", burn, err)
	}
}

// The sending path must not allocate: with its garbage collector off, a
// generator that did would grow with every request.
func TestLoadAllocatesNothingForEachRequest(t *testing.T) {
	c := kind("good")
	s := suite(t, c)
	p, err := process.Start(t.Context(), c, -1, -1, s.Cores.Server)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	to, err := load.NewEndpoint(t.Context(), p.URL)
	if err != nil {
		t.Fatal(err)
	}
	l := load.Load{Endpoint: to, Concurrency: 4, Arrivals: load.Arrivals{Segments: []load.Segment{{Length: s.Warmup + s.Duration}}}, Timeout: time.Minute, Connections: 8}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	trial, err := l.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// Setting up and summing up take some thousand allocations.
	if n := int64(after.Mallocs - before.Mallocs); n > 5000+trial.Offered/10 {
		t.Errorf("%d allocations for %d requests", n, trial.Offered)
	}
}
