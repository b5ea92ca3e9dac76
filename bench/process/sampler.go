package process

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"millpond/bench"
)

// sampleEvery is the step of the server's samples.
const sampleEvery = 500 * time.Millisecond

// Sampler watches a server while a load runs: a process and its children.
type Sampler struct {
	procs  []procfs.Proc
	scrape *Scraper
	zero   time.Time // of the series' clock
	client Client
	cancel context.CancelFunc
	done   sync.WaitGroup

	// Only the sampling goroutine uses these until it is done.
	samples []bench.Sample
	first   reading
	last    reading
}

// reading is the counters that samples are the differences of.
type reading struct {
	at  time.Time
	cpu float64
}

// Client tells how many requests a client has under way, and how many good
// answers it has got in time.
type Client func() (inFlight, answered int64)

// Watch begins to watch the process group of pid; zero is where the clock
// of its samples begins. Without a URL the server's metrics are left alone.
func Watch(ctx context.Context, pid int, url string, zero time.Time, client Client) (*Sampler, error) {
	procs, err := processGroup(pid)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &Sampler{procs: procs, zero: zero, client: client, cancel: cancel}
	if url != "" {
		s.scrape = NewScraper(url, sampleEvery)
	}
	s.first = s.read()
	s.last = s.first
	s.done.Go(func() {
		ticks := time.NewTicker(sampleEvery)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				s.sample(ctx)
			}
		}
	})
	return s, nil
}

// processGroup lists the processes that a server consists of.
func processGroup(id int) ([]procfs.Proc, error) {
	all, err := procfs.AllProcs()
	if err != nil {
		return nil, fmt.Errorf("list the processes: %w", err)
	}
	var group []procfs.Proc
	for _, p := range all {
		if stat, err := p.Stat(); err == nil && (stat.PGRP == id || p.PID == id) {
			group = append(group, p)
		}
	}
	return group, nil
}

// Stop ends the watch and sums it up.
func (s *Sampler) Stop() *bench.Usage {
	s.cancel()
	s.done.Wait()
	s.sample(context.Background())
	if s.scrape != nil {
		s.scrape.Close()
	}
	sum := &bench.Usage{Samples: s.samples}
	for _, x := range s.samples {
		sum.PeakRSS = sum.PeakRSS.Highest(bench.Known(float64(x.RSS)))
		sum.PeakThreads = sum.PeakThreads.Highest(bench.Known(float64(x.Threads)))
		sum.PeakGoroutines = sum.PeakGoroutines.Highest(x.Goroutines)
		sum.PeakQueue = sum.PeakQueue.Highest(x.Queue)
	}
	if wall := s.last.at.Sub(s.first.at).Seconds(); wall > 0 {
		sum.CPUSeconds = bench.Known(s.last.cpu - s.first.cpu)
		sum.CPU = bench.Known(sum.CPUSeconds.Float() / wall)
	}
	return sum
}

// sample takes one sample. A server that has died leaves no more of them.
func (s *Sampler) sample(ctx context.Context) {
	x := bench.Sample{At: time.Since(s.zero).Seconds()}
	for _, p := range s.procs {
		stat, err := p.Stat()
		if err != nil {
			continue
		}
		x.RSS += int64(stat.ResidentMemory())
		x.Threads += stat.NumThreads
	}
	if x.RSS == 0 { // it has died: what is left of it has no memory
		return
	}
	now := s.read()
	x.CPU = (now.cpu - s.last.cpu) / now.at.Sub(s.last.at).Seconds()
	s.last = now
	s.samples = append(s.samples, s.ask(ctx, x))
}

// ask completes a sample with what the server says.
func (s *Sampler) ask(ctx context.Context, x bench.Sample) bench.Sample {
	if s.scrape == nil {
		return x
	}
	flying, answered := s.client()
	m := s.scrape.Read(ctx)
	// The server was read at some moment in between.
	flyingThen, answeredThen := s.client()
	x.InFlight, x.Answered = bench.Known(float64(flying+flyingThen)/2), bench.Known(float64(answered+answeredThen)/2)
	x.Goroutines, x.Queue, x.Busy = m.get(metricGoroutines), m.get(metricQueue), m.get(metricWorkers)
	x.Sheds, x.Completed = m.get(metricSheds), m.get(metricCompleted)
	return x
}

// read takes the counters of the processes.
func (s *Sampler) read() reading { return reading{at: time.Now(), cpu: s.CPU()} }

// CPU is the CPU time of the processes, in seconds. Their clocks count nanoseconds,
// where /proc has hundredths of a second.
func (s *Sampler) CPU() float64 {
	var sum float64
	for _, p := range s.procs {
		var used unix.Timespec
		if unix.ClockGettime(cpuClock(p.PID), &used) == nil {
			sum += time.Duration(used.Nano()).Seconds()
		}
	}
	return sum
}

// cpuClock is the clock of a process's CPU time (clock_getcpuclockid(3)), as the
// kernel encodes it.
func cpuClock(pid int) int32 { return int32(^pid<<3 | 2) }

// Memory is the memory of a server's processes in bytes, what they share divided
// among them (PSS).
func Memory(group int) bench.Value {
	procs, err := processGroup(group)
	if err != nil {
		return bench.Value{}
	}
	sum := 0.0
	for _, p := range procs {
		rollup, err := p.ProcSMapsRollup()
		if err != nil {
			sum = math.NaN()
		}
		sum += float64(rollup.Pss)
	}
	return bench.Known(sum)
}
