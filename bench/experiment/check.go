package experiment

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// checkRates are the rates at which the generator tries itself, per second.
var checkRates = []float64{5_000, 10_000, bench.TrustedRate, 40_000, 60_000, 80_000, 100_000, 130_000, 160_000}

// The limits of agreement between a measured and a simulated queue.
const (
	agreeRelative = 0.10
	agreeAbsolute = 0.3e-3 // s
)

// queueChecks are the queues that are measured.
var queueChecks = []struct {
	servers     int
	utilisation float64
}{{1, 0.5}, {1, 0.8}, {4, 0.8}}

// queueMean is the mean service time in them, and queueTime how long they run.
const (
	queueMean = 4 * time.Millisecond
	queueTime = 8 * time.Second
)

// checkClients is how many connections the closed-loop comparison with wrk uses.
const checkClients = 64

// Check examines the generator itself: up to which rate it keeps its promises
// against a server that does nothing, and whether it reads the waits of a queue
// right that are known. Program is this executable, which must serve a Simulator
// when it is started as "simulate".
func (s *Suite) Check(ctx context.Context, program string) (bench.Run, error) {
	run := s.newRun("check")
	run.Workload, run.Instrument = "", new(bench.Instrument)
	quiet := *s
	quiet.Workload = load.Workload{Requests: []load.Request{{Target: "/"}}}
	if err := quiet.checkRates(ctx, &run, Simulator{}.server(program)); err != nil {
		return run, err
	}
	if err := quiet.checkWrk(ctx, &run, Simulator{}.server(program)); err != nil {
		return run, err
	}
	for _, q := range queueChecks {
		if err := quiet.checkQueue(ctx, &run, Simulator{Servers: q.servers, Mean: queueMean, Seed: s.Seed}, q.utilisation, program); err != nil {
			return run, err
		}
	}
	return run, nil
}

// checkRates tries rates until two in a row are too much: one alone may have
// been the fault of something else on the machine.
func (s *Suite) checkRates(ctx context.Context, run *bench.Run, c process.Server) error {
	misses := 0
	for _, rate := range checkRates {
		p := s.spec(c, fmt.Sprintf("%.0f/s", rate), 0)
		p.search = true
		p.steady(rate, s.Duration)
		if err := s.runAll(ctx, run, []spec{p}); err != nil {
			return err
		}
		t := &run.Trials[len(run.Trials)-1]
		if rate == bench.TrustedRate {
			run.Instrument.LagP99At20k = t.Latency.Lag.P99
		}
		if t.Validity.Valid && t.Attainment.Or(0) > confirmAttainment {
			run.Instrument.MaxRate, misses = rate, 0
		} else if misses++; misses == 2 {
			return nil
		}
	}
	return nil
}

// wrkRate finds the result in wrk's output.
var wrkRate = regexp.MustCompile(`Requests/sec:\s*([0-9.]+)`)

// checkWrk runs wrk, if it is installed, and this generator's closed loop, on the
// same server and the same processor.
func (s *Suite) checkWrk(ctx context.Context, run *bench.Run, c process.Server) error {
	p := s.spec(c, fmt.Sprintf("closed %d", checkClients), 0)
	p.load.Concurrency, p.search = checkClients, true
	p.steady(0, s.Duration)
	if err := s.runAll(ctx, run, []spec{p}); err != nil {
		return err
	}
	ours := run.Trials[len(run.Trials)-1].Throughput
	run.Instrument.ClosedRate = bench.Known(ours)
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		run.Notes = append(run.Notes, "wrk is not installed, so there is nothing to compare a closed loop with.")
		return nil
	}
	proc, err := process.Start(ctx, c, -1, -1, s.Cores.Server)
	if err != nil {
		return err
	}
	defer proc.Stop()
	length := strconv.Itoa(max(1, int(s.Duration.Seconds())))
	out, err := exec.CommandContext(ctx, wrk, "-t1", "-c"+strconv.Itoa(checkClients), "-d"+length, proc.URL+"/").CombinedOutput()
	if err != nil {
		return fmt.Errorf("run wrk: %w: %s", err, out)
	}
	m := wrkRate.FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("wrk's output has no rate: %s", out)
	}
	rate, err := strconv.ParseFloat(string(m[1]), 64)
	run.Instrument.WrkRate = bench.Known(rate)
	return err
}

// checkQueue compares the mean wait at a simulated queue with that of an ideal
// one.
func (s *Suite) checkQueue(ctx context.Context, run *bench.Run, in Simulator, utilisation float64, program string) error {
	p := s.spec(in.server(program), fmt.Sprintf("utilisation %g", utilisation), 0)
	rate := utilisation * float64(in.Servers) / in.Mean.Seconds()
	p.load.Warmup = 0 // the simulation begins with an empty queue too
	p.load.Timeout, p.load.Limit = time.Minute, time.Minute
	p.load.Arrivals = load.Arrivals{Segments: load.Plateau(rate, queueTime), Seed: s.Seed}
	made, err := s.undisturbed(ctx, run, p)
	if err != nil {
		return err
	}
	t := made[0]
	at := p.load.Arrivals.Times()
	c := bench.QueueCheck{
		Servers: in.Servers, Utilisation: utilisation,
		Measured: bench.Known(t.Latency.Served.Mean.Float() - meanOf(exponential(in.Mean, in.Seed), len(at))/1e9),
		Ideal:    simulateQueue(at, in.Servers, exponential(in.Mean, in.Seed)) / 1e9,
	}
	c.Agrees = t.Outcomes.OK == t.Offered && math.Abs(c.Measured.Float()-c.Ideal) <= max(agreeAbsolute, agreeRelative*c.Ideal)
	run.Instrument.Queues = append(run.Instrument.Queues, c)
	return nil
}

// meanOf is the mean of the next n values.
func meanOf(next func() int64, n int) float64 {
	var sum float64
	for range n {
		sum += float64(next())
	}
	return sum / float64(max(n, 1))
}

// simulateQueue returns the mean wait of exactly these arrivals, in nanoseconds,
// served in their order by so many servers (Kiefer and Wolfowitz 1955).
func simulateQueue(at []int64, servers int, service func() int64) float64 {
	free := make([]int64, servers)
	var wait int64
	for _, arrival := range at {
		first := slices.Index(free, slices.Min(free))
		start := max(arrival, free[first])
		wait += start - arrival
		free[first] = start + service()
	}
	return float64(wait) / float64(max(len(at), 1))
}

// exponential returns a sequence of exponential times of a mean, in nanoseconds:
// the same for the same seed.
func exponential(mean time.Duration, seed uint64) func() int64 {
	r := rand.New(rand.NewPCG(seed, 6))
	return func() int64 { return int64(r.ExpFloat64() * float64(mean)) }
}
