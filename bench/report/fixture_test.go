package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"millpond/bench"
)

// The results in this file are made up, for tests of reports only. They behave
// as servers do, so that charts and verdicts have something to show.

// madeUp is a result with the given runs.
func madeUp(runs ...bench.Run) *bench.Result {
	return &bench.Result{
		SchemaVersion: bench.SchemaVersion, Command: "bench contrast # MADE-UP FIGURES, to test the report",
		Started: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), Elapsed: 151,
		Env: bench.Env{CPUModel: "Made-up CPU (test fixture)", Cores: 2, MemoryMB: 8192, Kernel: "6.1.0", OS: "linux", Arch: "amd64", Go: "go1.26.8",
			GOMAXPROCS: 2, GeneratorCores: []int{1}, ServerCores: []int{0}, OpenFiles: 20000, PortRange: "32768 60999", SoMaxConn: "4096", BurnPerMS: 640000},
		Config: bench.Config{Seed: 1, Arrivals: "poisson", Trials: 1, Warmup: 1, Duration: 4, Timeout: 1, Limit: 1, Workers: 2, Queue: 128},
		Runs:   runs,
	}
}

const madeUpCapacity = 197.0

// madeUpContrast has every server at every load, trials times.
func madeUpContrast(servers []string, loads []float64, trials int) bench.Run {
	r := bench.Run{Kind: "contrast", Workload: "/task?cpu=5ms", Capacity: madeUpCapacity}
	for repeat := range trials {
		for i, server := range servers {
			for j, m := range loads {
				rng := rand.New(rand.NewPCG(uint64(i*100+j), uint64(repeat)))
				r.Trials = append(r.Trials, madeUpTrial(rng, server, m, repeat+1))
			}
		}
	}
	return r
}

func madeUpTrial(rng *rand.Rand, server string, m float64, repeat int) bench.Trial {
	const duration = 4.0
	offered := int64(m * madeUpCapacity * duration)
	t := bench.Trial{Server: server, Phase: fmt.Sprintf("%gx", m), Repeat: repeat, Loop: "open", Arrivals: "poisson", Multiple: m,
		Rate: m * madeUpCapacity, Duration: duration, Timeout: 1, Limit: 1, Offered: offered, BinWidth: 0.5,
		Validity: bench.Validity{Valid: true, RateRatio: 1}}
	bounded := server == "pool" || server == "haproxy"
	ok := min(float64(offered), madeUpCapacity*duration*(0.97+0.02*rng.Float64()))
	median, spread := 0.006/math.Max(0.15, 1-m), 0.5
	switch {
	case m > 1 && bounded:
		t.Outcomes.Shed = offered - int64(ok)
		median, spread = 0.3, 0.2
	case m > 1:
		ok *= math.Exp(-1.1*(m-1)) * (0.9 + 0.2*rng.Float64())
		t.Outcomes.Timeout = offered - int64(ok)
		t.Validity.Diverging, t.Validity.InFlightSlope = true, (m-1)*madeUpCapacity
		median, spread = 0.7, 0.3
	}
	t.Outcomes.OK = int64(ok)
	t.Outcomes.OK, t.Offered = offered-t.Outcomes.Failed(), offered
	t.Goodput = float64(t.Outcomes.OK) / duration
	t.Throughput, t.Attainment = t.Goodput, bench.Known(float64(t.Outcomes.OK)/float64(offered))
	t.Latency = madeUpLatency(rng, t, median, spread)
	growth := 1.0
	if !bounded && m > 1 {
		growth = m * m
	}
	t.Usage = &bench.Usage{PeakRSS: bench.Known(math.Trunc(14e6 * growth)), PeakThreads: bench.Known(7), PeakGoroutines: bench.Known(math.Trunc(12 * growth)),
		CPU: bench.Known(min(m, 0.99)), Sheds: bench.Known(float64(t.Outcomes.Shed))}
	if server == "thread" {
		t.Usage.PeakThreads = bench.Known(math.Trunc(30 * growth))
	}
	t.Generator = bench.Generator{CPU: 0.02 * m}
	if m >= 10 && server == "thread" {
		t.Validity.Valid = false
		t.Validity.Reasons = []string{"Little's law is off by 14 %, more than 10 %."}
		t.Validity.LittleResidual = bench.Known(0.14)
	}
	return t
}

func madeUpLatency(rng *rand.Rand, t bench.Trial, median, spread float64) bench.Latency {
	served, uncorrected, shed, lag := bench.NewHDR(), bench.NewHDR(), bench.NewHDR(), bench.NewHDR()
	for range t.Outcomes.OK + t.Outcomes.Late {
		v := min(median*math.Exp(spread*rng.NormFloat64()), t.Timeout)
		bench.Record(served, int64(v*1e9))
		bench.Record(uncorrected, int64(v*0.8e9))
	}
	for range t.Outcomes.Shed {
		bench.Record(shed, int64(0.001e9*math.Exp(0.4*rng.NormFloat64())))
	}
	for range t.Offered {
		bench.Record(lag, int64(30e3*math.Exp(0.5*rng.NormFloat64())))
	}
	l := bench.Latency{Offered: bench.OfferedPercentiles(served, t.Offered)}
	for h, into := range map[*bench.Histogram]*hdrhistogram.Histogram{&l.Served: served, &l.Uncorrected: uncorrected, &l.Shed: shed, &l.Lag: lag} {
		encoded, err := bench.NewHistogram(into)
		if err != nil {
			panic(err)
		}
		*h = encoded
	}
	return l
}

// madeUpPulse is a pulse, or with kind "retry" a retry storm.
func madeUpPulse(kind string) bench.Run {
	r := bench.Run{Kind: kind, Workload: "/task?cpu=5ms", Capacity: madeUpCapacity}
	for i, server := range bench.Models {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		t := bench.Trial{Server: server, Phase: "pulse", Repeat: 1, Loop: "open", Rate: madeUpCapacity, Duration: 30, Timeout: 1, Limit: 1, BinWidth: 0.5,
			Phases:   []bench.Phase{{Name: "0.7 ×", From: 0, To: 8, Rate: 0.7 * madeUpCapacity}, {Name: "3 ×", From: 8, To: 14, Rate: 3 * madeUpCapacity}, {Name: "0.7 ×", From: 14, To: 30, Rate: 0.7 * madeUpCapacity}},
			Validity: bench.Validity{Valid: true, RateRatio: 1}, Usage: &bench.Usage{}}
		back := []float64{0.4, 9.5, 12.5, 7}[i]
		for at := -1.0; at < 30; at += 0.5 {
			m, good, queue := 0.7, 0.7, 3.0
			if at >= 8 && at < 14 {
				m = 3
			}
			if at >= 8 && at < 14+back {
				good, queue = 0.97, 60
				if i > 0 {
					good, queue = 0.06, 40*min(at-7, 6)*(14+back-at)/back
				}
			}
			bin := bench.Bin{At: at, Offered: int64(m * madeUpCapacity / 2), P99: bench.Known(0.012 * (1 + queue/20)), InFlight: int64(queue)}
			bin.Outcomes.OK = min(bin.Offered, int64(good*madeUpCapacity/2*(0.97+0.06*rng.Float64())))
			if good == m { // calm: everything is answered
				bin.Outcomes.OK = bin.Offered
			}
			bin.Answered = bin.Outcomes.OK
			bin.Outcomes.Timeout = max(0, bin.Offered-bin.Outcomes.OK)
			if kind == "retry" {
				bin.Retries = bin.Outcomes.Timeout
			}
			t.Series = append(t.Series, bin)
			t.Outcomes = t.Outcomes.Plus(bin.Outcomes)
			t.Usage.Samples = append(t.Usage.Samples, bench.Sample{At: at, RSS: int64(14e6 + 2e5*queue), Threads: 7, Goroutines: bench.Known(math.Trunc(10 + queue))})
		}
		t.Offered = t.Outcomes.Sum()
		t.Latency = madeUpLatency(rng, t, 0.05, 0.8)
		t.Recovery = &bench.Recovery{From: 8, To: 14, After: bench.Known(back), Watched: 15, Lost: int64(back * 100)}
		if kind == "retry" && i > 0 {
			t.Recovery.After = bench.Value{}
		}
		r.Trials = append(r.Trials, t)
	}
	return r
}

func madeUpIdle() bench.Run {
	r := bench.Run{Kind: "idle", Workload: "/"}
	for i, server := range bench.Models {
		for j, n := range []int{0, 1000, 5000} {
			for _, kind := range []string{"idle", "half-head", "slow-reader"} {
				rng := rand.New(rand.NewPCG(uint64(i), uint64(j)))
				t := bench.Trial{Server: server, Phase: fmt.Sprintf("%s %d", kind, n), Repeat: 1, Loop: "open", Rate: 500, Duration: 4, Offered: 2000, Timeout: 1, Limit: 1,
					Outcomes: bench.Outcomes{OK: 2000}, Attainment: bench.Known(1), Goodput: 500, Validity: bench.Validity{Valid: true, RateRatio: 1}}
				if n == 0 && kind != "idle" {
					continue
				}
				if n > 0 {
					t.Background = &bench.Background{Kind: kind, Connections: n, BytesEach: bench.Known(1400 + 9000*float64(i))}
				}
				if kind == "slow-reader" && i == 2 && n == 5000 {
					t.Outcomes = bench.Outcomes{OK: 1500, Timeout: 500}
				}
				t.Latency = madeUpLatency(rng, t, 0.0004*(1+float64(i*j)/4), 0.4)
				r.Trials = append(r.Trials, t)
			}
		}
	}
	return r
}

func madeUpSize() bench.Run {
	s := &bench.Sizing{Objective: "p99<200ms", Cores: 1, Recommended: true, WorthSetting: true, Workers: 8, Queue: 40, FlatFrom: 8, FlatTo: 32, Best: 160, Chosen: 157, LimitedBy: "cpu",
		Answer: "On 1 processor, for p99<200ms, run 8 workers and a queue of 40: it answered 99.8 % in time at 0.9 × 157/s, and 98 % of that rate at 1.5 ×.",
		Tried: []bench.Tried{
			{Workers: 8, Queue: 40, Attainment: bench.Known(0.998), Goodput: 0.98, Valid: true, Kept: true},
			{Workers: -1, Queue: -1, Attainment: bench.Known(0.97), Goodput: 0.61, Valid: true},
		}}
	for w := 1; w <= 128; w *= 2 {
		x := 160 * float64(w) / (float64(w) + 1.2) * math.Exp(-float64(w)/900)
		s.Rungs = append(s.Rungs, bench.Rung{Workers: w, Trials: 3, Valid: 3, Throughput: x, P99: bench.Known(0.03 * (1 + float64(w)/6)), PeakRSS: bench.Known(float64(12e6 + 1e5*w)), CPU: bench.Known(x / 165)})
	}
	r := bench.Run{Kind: "size", Workload: "/task?cpu=5ms&wait=10ms", Sizing: s}
	for i, m := range []float64{0.9, 1.5} {
		t := madeUpTrial(rand.New(rand.NewPCG(uint64(i), 3)), "pool", m, 1)
		t.Phase = fmt.Sprintf("confirm %gx", m)
		r.Trials = append(r.Trials, t)
	}
	return r
}

func madeUpCheck() bench.Run {
	r := bench.Run{Kind: "check", Workload: "/", Instrument: &bench.Instrument{MaxRate: 64000, LagP99At20k: bench.Known(0.00035), WrkRate: bench.Known(91000), ClosedRate: bench.Known(90000)}}
	for i, rho := range []float64{0.5, 0.7, 0.9} {
		ideal := 0.005 * rho / (1 - rho)
		r.Instrument.Queues = append(r.Instrument.Queues, bench.QueueCheck{Servers: 4, Utilisation: rho, Ideal: ideal, Measured: bench.Known(ideal * (1 + 0.06*float64(i))), Agrees: true})
	}
	for i, rate := range []float64{5000, 10000, 20000, 40000, 80000} {
		rng := rand.New(rand.NewPCG(uint64(i), 9))
		t := bench.Trial{Search: true, Server: "no-op", Phase: fmt.Sprint(rate), Repeat: 1, Loop: "open", Rate: rate, Duration: 1, Timeout: 1, Limit: 1,
			Offered: int64(rate) / 10, Outcomes: bench.Outcomes{OK: int64(rate) / 10}, Validity: bench.Validity{Valid: i < 4, RateRatio: 1}, Generator: bench.Generator{CPU: rate / 90000}}
		if i == 4 {
			t.Validity.Reasons = []string{"The generator used 89 % of its CPU, more than 85 %."}
		}
		t.Latency = madeUpLatency(rng, t, 0.0002, 0.5)
		r.Trials = append(r.Trials, t)
	}
	return r
}
