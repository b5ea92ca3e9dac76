package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"millpond/bench"
)

// experiment is what the commands that start servers have in common.
type experiment struct {
	output
	Workload    string        `help:"What each request asks for: cpu, wait, mix, memory, bimodal, hello, /task parameters such as 'cpu=5ms&wait=20ms', or a path." default:"cpu"`
	Models      []string      `help:"Concurrency models of millpond's server." default:"pool,goroutine,thread,nethttp"`
	Target      []string      `sep:"none" help:"A server that runs already, to be loaded too; repeatable." placeholder:"NAME=URL"`
	Server      string        `help:"millpond's server. Default: built from ./cmd/server." placeholder:"PATH"`
	ServerCores int           `help:"Processors for the server; one is the generator's." default:"1"`
	Workers     int           `help:"Workers of the pool. Default: what suits the workload, or the server's own." default:"-1"`
	Queue       int           `help:"Queue of the pool. Default: likewise." default:"-1"`
	BurnPerMs   int64         `help:"Iterations of CPU work per millisecond, the same for every server. Default: measured." default:"-1"`
	Trials      int           `help:"Trials of every point; from six on there are confidence intervals." default:"1"`
	Duration    time.Duration `help:"How long to measure in each trial." default:"4s"`
	Warmup      time.Duration `help:"How long to load before that." default:"1s"`
	Timeout     time.Duration `help:"When a client gives up, from the intended send time." default:"1s"`
	Limit       time.Duration `help:"What counts as goodput, from the same time. Default: the timeout."`
	Connections int           `help:"Most connections open at once. Default: 10000, or what the limit on open files allows."`
	Seed        uint64        `help:"Seed of schedules and order." default:"1"`
	Quick       bool          `help:"At most a minute, as an illustration: fewer and shorter trials."`
	NoColor     bool          `help:"No colours, as with NO_COLOR in the environment."`
	AllowRemote bool          `help:"Allow a --target that is not on this host."`
}

// session is an experiment that is set up: its suite, and the result to fill.
type session struct {
	suite  *bench.Suite
	result *bench.Result
	slos   []bench.SLO
	close  func()
}

// open checks the flags, builds what is to be started, and pins this process.
// The caller must close the session.
func (e *experiment) open(ctx context.Context, con *console) (*session, error) {
	s := &session{result: &bench.Result{Started: time.Now()}, close: func() {}}
	var err error
	if s.slos, err = e.objectives(); err != nil {
		return nil, err
	}
	if err := e.validate(); err != nil {
		return nil, usageError{err}
	}
	workload, err := bench.ParseWorkload(e.Workload)
	if err != nil {
		return nil, usageError{err}
	}
	cores, err := bench.SplitCores(e.ServerCores)
	if err != nil {
		return nil, usageError{err}
	}
	if e.Workers < 0 {
		e.Workers = workload.Workers
	}
	if e.Queue < 0 {
		e.Queue = workload.Queue
	}
	if e.Quick {
		e.Duration, e.Warmup = min(e.Duration, 3*time.Second), min(e.Warmup, 500*time.Millisecond)
	}
	s.suite = &bench.Suite{
		Workload: workload, Workers: e.Workers, Queue: e.Queue, Cores: cores, Seed: e.Seed, Trials: e.Trials,
		Warmup: e.Warmup, Duration: e.Duration, Timeout: e.Timeout, Limit: e.Limit, Connections: e.Connections,
	}
	if err := e.prepare(ctx, con, s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// validate reports every fault of the flags that the parser lets pass.
func (e *experiment) validate() error {
	var errs []error
	for _, m := range e.Models {
		if !slices.Contains(bench.Models, m) {
			errs = append(errs, fmt.Errorf("model %q is none of %s", m, strings.Join(bench.Models, ", ")))
		}
	}
	for _, n := range []struct {
		flag       string
		value, min int
	}{{"--trials", e.Trials, 1}, {"--workers", e.Workers, -1}, {"--queue", e.Queue, -1}, {"--server-cores", e.ServerCores, 1}} {
		if n.value < n.min {
			errs = append(errs, fmt.Errorf("%s %d: it must be %d or more", n.flag, n.value, n.min))
		}
	}
	if e.Workers == 0 {
		errs = append(errs, errors.New("--workers 0: a pool needs at least one"))
	}
	if e.Duration <= 0 || e.Warmup < 0 || e.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("--duration %v, --warmup %v, --timeout %v: times must be above 0", e.Duration, e.Warmup, e.Timeout))
	}
	return errors.Join(errs...)
}

// prepare gives the session its candidates, its processors and its surroundings.
func (e *experiment) prepare(ctx context.Context, con *console, s *session) error {
	if len(e.Models) > 0 {
		var err error
		if s.close, err = e.findServer(ctx, con); err != nil {
			return err
		}
		if e.BurnPerMs < 0 {
			if e.BurnPerMs, err = bench.Calibrate(ctx, e.Server, s.suite.Cores.Server); err != nil {
				return err
			}
		}
		for _, m := range e.Models {
			s.suite.Candidates = append(s.suite.Candidates, bench.Millpond(e.Server, m, e.BurnPerMs, e.Workers, e.Queue))
		}
	}
	for _, t := range e.Target {
		c, err := e.running(ctx, t)
		if err != nil {
			return usageError{err}
		}
		s.suite.Candidates = append(s.suite.Candidates, c)
	}
	if len(s.suite.Candidates) == 0 {
		return usageError{errors.New("nothing to load: give --models or --target")}
	}
	if err := s.suite.Cores.PinGenerator(); err != nil {
		return err
	}
	s.result.Env = bench.ReadEnv()
	s.result.Env.GeneratorCores, s.result.Env.ServerCores = s.suite.Cores.Generator, s.suite.Cores.Server
	s.result.Env.BurnPerMS = max(e.BurnPerMs, 0)
	s.result.Config = e.config()
	return nil
}

// running reads a --target flag.
func (e *experiment) running(ctx context.Context, flag string) (bench.Candidate, error) {
	name, url, ok := strings.Cut(flag, "=")
	if !ok || name == "" {
		return bench.Candidate{}, fmt.Errorf("target %q: write NAME=URL", flag)
	}
	target, err := bench.NewTarget(ctx, url)
	if err != nil {
		return bench.Candidate{}, err
	}
	if !e.AllowRemote && !target.Local() {
		return bench.Candidate{}, fmt.Errorf("target %q is not on this host: give --allow-remote if you may load it", flag)
	}
	return bench.Candidate{Name: name, URL: url}, nil
}

// findServer builds millpond's server, unless --server names one. The returned
// function removes what was built.
func (e *experiment) findServer(ctx context.Context, con *console) (func(), error) {
	if e.Server != "" {
		if _, err := exec.LookPath(e.Server); err != nil {
			return nil, usageError{fmt.Errorf("--server: %w", err)}
		}
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "millpond-bench-")
	if err != nil {
		return nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	e.Server = filepath.Join(dir, "server")
	fmt.Fprintln(con.stderr, "building ./cmd/server")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", e.Server, "millpond/cmd/server").CombinedOutput()
	if err != nil {
		remove()
		return nil, fmt.Errorf("build the server (--server names one that is built): %w\n%s", err, out)
	}
	return remove, nil
}

// config is the flags as the result records them.
func (e *experiment) config() bench.Config {
	limit := e.Limit
	if limit == 0 {
		limit = e.Timeout
	}
	return bench.Config{
		Seed: e.Seed, Arrivals: bench.Poisson, Trials: e.Trials, Quick: e.Quick, SLO: e.SLO,
		Warmup: e.Warmup.Seconds(), Duration: e.Duration.Seconds(), Timeout: e.Timeout.Seconds(), Limit: limit.Seconds(),
		Workers: e.Workers, Queue: e.Queue, Connections: e.Connections,
	}
}

// perform opens a session, runs experiments, and delivers what they found, also
// when they were interrupted.
func (e *experiment) perform(ctx context.Context, con *console, runs ...func(context.Context, *bench.Suite) (bench.Run, error)) error {
	s, err := e.open(ctx, con)
	if err != nil {
		return err
	}
	defer s.close()
	show := newProgress(con.stderr, e.NoColor)
	defer show.close()
	s.suite.Notify = show.notify
	for _, f := range runs {
		run, err := f(ctx, s.suite)
		s.result.Runs = append(s.result.Runs, run)
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
	show.close()
	return e.deliver(ctx, con, s.result, s.slos)
}
