package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/load"
	"millpond/bench/process"
)

// measure is what all experiments have in common.
type measure struct {
	output
	clients
	Trials      int  `help:"Trials of every point; from six on there are confidence intervals." default:"${trials}" placeholder:"COUNT"`
	ServerCores int  `help:"Processors for the server; the generator has one. 0: all others." default:"${cores}" placeholder:"COUNT"`
	Quick       bool `help:"At most a minute, as an illustration: fewer and shorter trials. It is several for all and proxy, and eight for overload."`
}

// What --quick makes of a trial.
const (
	quickDuration = 2 * time.Second
	quickWarmup   = 500 * time.Millisecond
)

// session is an experiment that is set up: its suite, and the result to fill.
type session struct {
	suite  *experiment.Suite
	result *bench.Result
	slos   []bench.Objective
}

// experimentFunc is one experiment of a suite.
type experimentFunc func(context.Context, *experiment.Suite) (bench.Run, error)

// open checks the flags and pins this process to its processors.
func (m *measure) open() (*session, error) {
	s := &session{result: &bench.Result{Started: time.Now()}}
	var err error
	if s.slos, err = m.objectives(); err != nil {
		return nil, err
	}
	if err := m.validate(); err != nil {
		return nil, usageError{err}
	}
	if err := m.prepare(); err != nil {
		return nil, err
	}
	cores, err := process.SplitCores(m.ServerCores)
	if err != nil {
		return nil, usageError{err}
	}
	if m.Quick {
		m.Duration, m.Warmup = min(m.Duration, quickDuration), min(m.Warmup, quickWarmup)
	}
	s.suite = &experiment.Suite{Workers: -1, Queue: -1, Cores: cores, Trials: m.Trials}
	m.clients.set(s.suite)
	if err := cores.PinGenerator(); err != nil {
		return nil, err
	}
	s.result.Env = environment(s.suite)
	s.result.Config = m.config()
	return s, nil
}

// validate reports every fault of the flags that the parser lets pass.
func (m *measure) validate() error {
	var errs []error
	if m.Trials < 1 || m.ServerCores < 0 {
		errs = append(errs, fmt.Errorf("--trials %d, --server-cores %d: there must be a trial, and no number is negative", m.Trials, m.ServerCores))
	}
	if m.Duration <= 0 || m.Warmup < 0 || m.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("--duration %v, --warmup %v, --timeout %v: times must be above 0", m.Duration, m.Warmup, m.Timeout))
	}
	if m.Limit < 0 || m.Limit > m.Timeout {
		errs = append(errs, fmt.Errorf("--limit %v: it must be above 0 and not above the timeout, %v", m.Limit, m.Timeout))
	}
	return errors.Join(errs...)
}

// config is the flags as the result records them.
func (m *measure) config() bench.Config {
	c := m.clients.config(m.SLO)
	c.Arrivals, c.Trials, c.Quick = load.Poisson, m.Trials, m.Quick
	return c
}

// perform runs experiments and delivers what they found, also when they were
// interrupted or one of them failed late.
func (m *measure) perform(ctx context.Context, con *console, s *session, experiments ...experimentFunc) error {
	show := newProgress(con.stderr)
	defer show.close()
	s.suite.Notify = show.notify
	var failure error
	for _, f := range experiments {
		var run bench.Run
		if run, failure = f(ctx, s.suite); found(&run) {
			s.result.Runs = append(s.result.Runs, run)
		}
		if failure != nil || ctx.Err() != nil {
			break
		}
	}
	show.close()
	if _, bad := errors.AsType[*bench.ConfigError](failure); bad {
		failure = usageError{failure}
	}
	if len(s.result.Runs) == 0 {
		return failure
	}
	if failure != nil && ctx.Err() == nil {
		s.result.Failure = failure.Error()
		return errors.Join(failure, m.deliver(ctx, con, s.result, s.slos))
	}
	return m.deliver(ctx, con, s.result, s.slos)
}

// found tells whether a run has anything to show. A capacity alone answers
// nothing.
func found(run *bench.Run) bool {
	return len(run.Targets) > 0 || slices.ContainsFunc(run.Trials, func(t bench.Trial) bool { return t.Phase != bench.PhaseCapacity })
}
