package experiment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// Suite runs experiments on servers. Its methods Contrast, Pulse, Retry, Idle,
// Size and Check each make one [bench.Run]. When their context ends early, they return
// the trials that were complete, with the context's error.
type Suite struct {
	Servers  []process.Server
	Workload load.Workload
	// Calibrated tells that servers were told what a millisecond of work is on this
	// machine, so that they can be held to the work that they are asked for.
	Calibrated bool
	// Workers and Queue replace {workers} and {queue} in the commands; -1 where
	// the servers are not told.
	Workers, Queue int
	Cores          process.Cores

	Seed uint64
	// Capacity, in requests/s, is what multiples of load refer to. If 0 it is measured.
	Capacity float64
	// Trials is how often every point is repeated, with a schedule of its own.
	Trials           int
	Warmup, Duration time.Duration
	Timeout, Limit   time.Duration
	Connections      int

	// Program is this executable, which must be a neighbour when it is started as
	// "neighbour".
	Program   string
	neighbour float64 // see spec
	// Notify, if not nil, hears of every trial when it begins and when it ends.
	Notify func(Event)
}

// Event tells of a trial.
type Event struct {
	// Number counts the trials of a run from 1 to Total, which is 0 as long as the
	// run cannot know it.
	Number, Total int
	Server, Phase string
	// Length is how long the trial will take, at least.
	Length time.Duration
	Rate   float64 // intended; 0 in a closed loop
	// Live shows the trial while it runs.
	Live *load.Live
	// Trial is nil when the trial begins.
	Trial *bench.Trial
}

// startDelay is the time between the decision to start a load and its start, for
// the watching of the server to begin in.
const startDelay = 50 * time.Millisecond

// runAll runs specs in order. A server that dies under load is a finding; one
// that cannot be started ends the run.
func (s *Suite) runAll(ctx context.Context, run *bench.Run, specs []spec) error {
	total := 0
	if len(specs) > 1 {
		total = len(run.Trials) + len(specs)
	}
	for _, p := range specs {
		t, err := s.tell(ctx, p, len(run.Trials)+1, total)
		if _, failed := errors.AsType[*load.BackgroundError](err); failed {
			if text := fmt.Sprintf("%s did not take the connections in the background: %v", p.server.Name, err); !slices.Contains(run.Refused, text) {
				run.Refused = append(run.Refused, text)
			}
			continue
		}
		if err != nil {
			return err
		}
		run.Trials = append(run.Trials, *t)
	}
	return nil
}

// tell runs one trial, the so-many-th of a total, and has Notify hear of it.
func (s *Suite) tell(ctx context.Context, p spec, number, total int) (*bench.Trial, error) {
	event := s.event(p, number, total)
	s.notify(event)
	p.load.Live = event.Live
	t, err := s.runOne(ctx, p)
	if err != nil {
		return t, err
	}
	if p.finish != nil {
		p.finish(t)
	}
	event.Trial = t
	s.notify(event)
	return t, nil
}

// event tells of a trial that begins.
func (s *Suite) event(p spec, number, total int) Event {
	e := Event{
		Number: number, Total: total, Server: p.server.Name, Phase: p.phase, Length: p.load.Arrivals.Length(), Live: new(load.Live),
	}
	if p.load.Concurrency == 0 {
		e.Rate = p.load.Arrivals.MeanAfter(0)
	}
	return e
}

func (s *Suite) notify(e Event) {
	if s.Notify != nil {
		s.Notify(e)
	}
}

// runOne runs one trial against a server of its own. An interrupted load gives what
// there is of its trial, with the error of ctx.
func (s *Suite) runOne(ctx context.Context, p spec) (*bench.Trial, error) {
	to, stop, err := s.subject(ctx, p)
	if err != nil {
		return nil, err
	}
	defer stop()
	if p.load.Endpoint, err = load.NewEndpoint(ctx, to.url, s.Workload.Requests...); err != nil {
		return nil, err
	}
	var t *bench.Trial
	if to.pid == 0 {
		t, err = p.load.Run(ctx)
	} else {
		t, err = s.watched(ctx, p, to)
	}
	if t != nil {
		s.label(t, p)
	}
	return t, err
}

// watched loads a server whose process is known, and watches it.
func (s *Suite) watched(ctx context.Context, p spec, to subject) (*bench.Trial, error) {
	p.load.Live = cmp.Or(p.load.Live, new(load.Live))
	counters := process.NewScraper(to.url, time.Second)
	defer counters.Close()
	var background *bench.Background
	if p.beside != nil {
		var leave func()
		var err error
		if background, leave, err = p.beside(ctx, to.pid, p.load.Endpoint); err != nil {
			return nil, err
		}
		defer leave()
	}
	before := counters.Read(ctx)
	if p.lineUp != nil {
		p.lineUp()
	}
	p.load.Begin = time.Now().Add(startDelay)
	metrics := to.url
	if p.unasked {
		metrics = ""
	}
	watch, err := process.Watch(ctx, to.pid, metrics, p.load.Begin.Add(p.load.Warmup), func() (int64, int64) {
		return p.load.Live.InFlight.Load(), p.load.Live.Answered.Load()
	})
	if err != nil {
		return nil, err
	}
	own, calm, err := s.disturb(ctx, p, to.pid, watch.CPU)
	if err != nil {
		watch.Stop()
		return nil, err
	}
	others := process.WatchInterference(s.Cores.Server, own)
	t, err := p.load.Run(ctx)
	usage := watch.Stop()
	doubt := calm()
	if t == nil {
		return nil, err
	}
	t.Usage, t.Background = usage, background
	t.Usage.Args, t.Usage.Died = to.args, to.died()
	if t.Usage.Died != "" {
		t.Fault = "died: " + t.Usage.Died
		t.Validity.Reject("The server died: %s.", t.Usage.Died)
	} else if !s.Cores.Shared() && p.lineUp == nil {
		others.Judge(&t.Validity)
	}
	if doubt != "" {
		t.Validity.Reject("%s", doubt)
	}
	process.CompareCounters(t, before, counters.Read(ctx))
	process.CompareBacklog(t, len(s.Cores.Server))
	if s.Calibrated {
		process.CompareWork(t, s.Workload.CPU(t.ByRequest))
	}
	return t, err
}

// label tells a trial what it is.
func (s *Suite) label(t *bench.Trial, p spec) {
	t.Server, t.Phase, t.Repeat, t.Multiple, t.Search = p.server.Name, p.phase, p.repeat, p.multiple, p.search
	if p.server.Takes("{workers}") {
		t.Workers = p.workers
	}
	if p.server.Takes("{queue}") {
		t.Queue = p.queue
	}
	if s.Cores.Shared() {
		t.Validity.Reject("Generator and server had to share processor %v.", s.Cores.Server)
	}
}

// newRun begins a run of a kind.
func (s *Suite) newRun(kind string) bench.Run {
	return bench.Run{Kind: kind, Workload: s.Workload.Describe()}
}
