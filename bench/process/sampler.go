package process

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/procfs"

	"millpond/bench"
)

// sampleEvery is the step of the server's samples.
const sampleEvery = 500 * time.Millisecond

// manyThreads is the number of threads above which their run-queue waits are not
// read any more: a file for each of thousands would take the generator's time.
const manyThreads = 256

// Sampler watches a server while a load runs: a process and its children.
type Sampler struct {
	procs  []procfs.Proc
	scrape *Scraper
	zero   time.Time // of the series' clock
	cancel context.CancelFunc
	done   sync.WaitGroup

	// Only the sampling goroutine uses these until it is done.
	samples []bench.Sample
	first   reading
	last    reading
	dropped float64 // machine-wide, at the start
}

// reading is the counters that samples are the differences of.
type reading struct {
	at   time.Time
	cpu  float64
	wait float64
}

// Watch begins to watch the process group of pid; zero is where the clock
// of its samples begins.
func Watch(ctx context.Context, pid int, url string, zero time.Time) (*Sampler, error) {
	procs, err := processGroup(pid)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &Sampler{procs: procs, scrape: NewScraper(url, sampleEvery), zero: zero, cancel: cancel}
	s.first, s.dropped = s.read(), overflows()
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
		if stat, err := p.Stat(); err == nil && stat.PGRP == id {
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
	s.scrape.Close()
	sum := &bench.Usage{
		Samples: s.samples, Sheds: -1, PeakGoroutines: -1, PeakQueue: -1,
		ListenOverflows: int64(overflows() - s.dropped),
	}
	for _, x := range s.samples {
		sum.PeakRSS = max(sum.PeakRSS, x.RSS)
		sum.PeakPSS = max(sum.PeakPSS, x.PSS)
		sum.PeakThreads = max(sum.PeakThreads, x.Threads)
		sum.PeakGoroutines = max(sum.PeakGoroutines, x.Goroutines)
		sum.PeakQueue = max(sum.PeakQueue, x.Queue)
		sum.RunWait += max(x.RunWait, 0) / float64(len(s.samples))
	}
	if wall := s.last.at.Sub(s.first.at).Seconds(); wall > 0 {
		sum.CPU = (s.last.cpu - s.first.cpu) / wall
	}
	return sum
}

// sample takes one sample. A server that has died leaves no more of them.
func (s *Sampler) sample(ctx context.Context) {
	x := bench.Sample{At: time.Since(s.zero).Seconds(), RunWait: -1, Goroutines: -1, Queue: -1, Busy: -1, Sheds: -1}
	for _, p := range s.procs {
		status, err := p.NewStatus()
		if err != nil {
			continue
		}
		x.RSS += int64(status.VmRSS)
		x.PSS += pssOf(p)
		if stat, err := p.Stat(); err == nil {
			x.Threads += stat.NumThreads
		}
	}
	if x.Threads == 0 {
		return
	}
	now := s.read()
	wall := now.at.Sub(s.last.at).Seconds()
	x.CPU = (now.cpu - s.last.cpu) / wall
	if now.wait >= 0 && s.last.wait >= 0 {
		x.RunWait = max(0, now.wait-s.last.wait) / wall
	}
	s.last = now
	if m := s.scrape.Read(ctx); m != nil {
		x.Goroutines, x.Queue = int(m.get(metricGoroutines)), int(m.get(metricQueue))
		x.Busy, x.Sheds = int(m.get(metricWorkers)), m.get(metricSheds)
	}
	s.samples = append(s.samples, x)
}

// read takes the counters of the processes.
func (s *Sampler) read() reading {
	r := reading{at: time.Now(), cpu: s.CPU()}
	for _, p := range s.procs {
		stat, err := p.Stat()
		if err != nil {
			continue
		}
		if stat.NumThreads > manyThreads {
			r.wait = -1
		}
		threads, err := procfs.AllThreads(p.PID)
		if err != nil || r.wait < 0 {
			continue
		}
		for _, t := range threads {
			if sched, err := t.Schedstat(); err == nil {
				r.wait += float64(sched.WaitingNanoseconds) / 1e9
			}
		}
	}
	return r
}

// CPU is the CPU time of the processes, in seconds.
func (s *Sampler) CPU() float64 {
	var sum float64
	for _, p := range s.procs {
		if stat, err := p.Stat(); err == nil {
			sum += stat.CPUTime()
		}
	}
	return sum
}

// overflows counts the connections that the kernel gave up because some accept
// queue was full. It is 0 if that cannot be read.
func overflows() float64 {
	self, err := procfs.Self()
	if err != nil {
		return 0
	}
	stat, err := self.Netstat()
	if err != nil || stat.ListenOverflows == nil {
		return 0
	}
	return *stat.ListenOverflows
}
