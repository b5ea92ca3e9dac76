package bench

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Suite runs experiments on candidates. Its methods Contrast, Pulse, Retry, Idle,
// Size and Check each make one [Run]. When their context ends early, they return
// the trials that were complete, with the context's error.
type Suite struct {
	Candidates []Candidate
	Workload   Workload
	// Workers and Queue replace {workers} and {queue} in the commands; -1 where
	// the candidates are not told.
	Workers, Queue int
	Cores          Cores

	Seed uint64
	// Trials is how often every point is repeated, with a schedule of its own.
	Trials           int
	Warmup, Duration time.Duration
	Timeout, Limit   time.Duration
	Connections      int

	// Notify, if not nil, hears of every trial when it begins and when it ends.
	Notify func(Event)
}

// Event tells of a trial.
type Event struct {
	// Number counts the trials of a run from 1 to Total, which is 0 as long as the
	// run cannot know it.
	Number, Total int
	Target, Phase string
	// Length is how long the trial will take, at least.
	Length time.Duration
	Rate   float64 // intended; 0 in a closed loop
	// Live shows the trial while it runs.
	Live *Live
	// Trial is nil when the trial begins.
	Trial *Trial
}

// startDelay is the time between the decision to start a load and its start, for
// the watching of the server to begin in.
const startDelay = 50 * time.Millisecond

// spec is a trial to be run.
type spec struct {
	candidate      Candidate
	phase          string
	repeat         int
	multiple       float64
	workers, queue int
	load           Load // but for its target
	// beside, if not nil, is started before the load, and stopped after it.
	beside func(ctx context.Context, pid int, target *Target) (*Background, func(), error)
	// finish, if not nil, completes the trial.
	finish func(*Trial)
}

// runAll runs specs in order. A server that dies under load is a finding; one
// that cannot be started ends the run.
func (s *Suite) runAll(ctx context.Context, run *Run, specs []spec) error {
	total := 0
	if len(specs) > 1 {
		total = len(run.Trials) + len(specs)
	}
	for _, p := range specs {
		event := Event{
			Number: len(run.Trials) + 1, Total: total, Target: p.candidate.Name, Phase: p.phase,
			Length: p.load.Arrivals.Length(), Live: new(Live),
		}
		if p.load.Concurrency == 0 {
			event.Rate = p.load.Arrivals.meanAfter(0)
		}
		s.notify(event)
		p.load.Live = event.Live
		t, err := s.runOne(ctx, p)
		if _, failed := errors.AsType[*crowdError](err); failed {
			run.Notes = append(run.Notes, fmt.Sprintf("%s did not take the crowd: %v.", p.candidate.Name, err))
			continue
		}
		if err != nil {
			return err
		}
		if p.finish != nil {
			p.finish(t)
		}
		event.Trial = t
		s.notify(event)
		run.Trials = append(run.Trials, *t)
	}
	return nil
}

func (s *Suite) notify(e Event) {
	if s.Notify != nil {
		s.Notify(e)
	}
}

// runOne runs one trial against a server of its own.
func (s *Suite) runOne(ctx context.Context, p spec) (*Trial, error) {
	if len(p.candidate.Command) == 0 {
		target, err := NewTarget(ctx, p.candidate.URL, s.Workload.Requests...)
		if err != nil {
			return nil, err
		}
		p.load.Target = target
		t, err := p.load.Run(ctx)
		if err != nil {
			return nil, err
		}
		s.label(t, p)
		return t, nil
	}
	proc, err := startProcess(ctx, p.candidate, p.workers, p.queue, s.Cores.Server)
	if err != nil {
		return nil, err
	}
	defer proc.stop()
	t, err := s.loadProcess(ctx, p, proc)
	if err != nil {
		return nil, err
	}
	s.label(t, p)
	t.Server.Args = proc.cmd.Args
	if t.Server.Died = proc.died(); t.Server.Died != "" {
		t.Validity.reject("The server died: %s.", t.Server.Died)
	}
	return t, nil
}

// loadProcess loads a server that was started for it, and watches it.
func (s *Suite) loadProcess(ctx context.Context, p spec, proc *process) (*Trial, error) {
	target, err := NewTarget(ctx, proc.url, s.Workload.Requests...)
	if err != nil {
		return nil, err
	}
	p.load.Target = target
	counters := newScraper(proc.url, time.Second)
	defer counters.close()
	var background *Background
	if p.beside != nil {
		var leave func()
		if background, leave, err = p.beside(ctx, proc.pid(), target); err != nil {
			return nil, err
		}
		defer leave()
	}
	before := counters.read(ctx)
	p.load.Begin = time.Now().Add(startDelay)
	watch, err := startSampler(ctx, proc.pid(), proc.url, p.load.Begin.Add(p.load.Warmup))
	if err != nil {
		return nil, err
	}
	others := watchNeighbours(s.Cores.Server, watch.cpu)
	t, err := p.load.Run(ctx)
	server := watch.stop()
	if err != nil {
		return nil, err
	}
	t.Server, t.Background = server, background
	if proc.died() == "" && !s.Cores.Shared() {
		others.judge(&t.Validity)
	}
	t.Validity.compare(t, before, counters.read(ctx))
	return t, nil
}

// label tells a trial what it is.
func (s *Suite) label(t *Trial, p spec) {
	t.Target, t.Phase, t.Repeat, t.Multiple = p.candidate.Name, p.phase, p.repeat, p.multiple
	if p.candidate.takes("{workers}") {
		t.Workers = p.workers
	}
	if p.candidate.takes("{queue}") {
		t.Queue = p.queue
	}
	if s.Cores.Shared() {
		t.Validity.reject("Generator and server had to share processor %v.", s.Cores.Server)
	}
}
