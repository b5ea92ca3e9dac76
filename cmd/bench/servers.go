package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// build is millpond's server as a program.
type build struct {
	Server    string `help:"millpond's server. Default: built from ./cmd/server." placeholder:"PATH"`
	BurnPerMs int64  `help:"Iterations of CPU work per millisecond, the same for every server. Default: measured." default:"-1" placeholder:"COUNT"`
}

// servers says what is loaded, with what.
type servers struct {
	build
	Workload    string   `help:"What each request asks for: cpu, wait, mix, memory, exponential, bimodal, hello, /task parameters such as 'cpu=5ms&wait=20ms', or a path." default:"cpu" placeholder:"WHAT"`
	Models      []string `help:"Concurrency models of millpond's server; empty for none." default:"pool,goroutine,thread,nethttp" placeholder:"NAME"`
	Target      []string `sep:"none" help:"A server that runs already, to be loaded too; repeatable." placeholder:"NAME=URL"`
	Workers     int      `help:"Workers of the pool. Default: what suits the workload, or the server's own." default:"-1" placeholder:"COUNT"`
	Queue       int      `help:"Queue of the pool. Default: likewise." default:"-1" placeholder:"COUNT"`
	AllowRemote bool     `help:"Allow a --target that is not on this host."`
}

// quickModels is what --quick leaves of the models if none were chosen.
var quickModels = []string{"pool", "goroutine", "nethttp"}

// benchmark is a measurement of servers that it starts.
type benchmark struct {
	measure
	servers
}

// setUp opens a session and fills in what to load. The returned function removes
// what was built for it.
func (e *benchmark) setUp(ctx context.Context, con *console) (*session, func(), error) {
	if e.Quick && slices.Equal(e.Models, bench.Models) {
		e.Models = quickModels
	}
	workload, err := e.check()
	if err != nil {
		return nil, nil, usageError{err}
	}
	targets, err := e.targets(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := e.open()
	if err != nil {
		return nil, nil, err
	}
	s.suite.Workload, s.suite.Workers, s.suite.Queue = workload, e.Workers, e.Queue
	remove := func() {}
	if len(e.Models) > 0 {
		if remove, err = e.findServer(ctx, con); err != nil {
			return nil, nil, err
		}
		if err := e.calibrate(ctx, s); err != nil {
			remove()
			return nil, nil, err
		}
	}
	for _, m := range e.Models {
		s.suite.Servers = append(s.suite.Servers, process.Millpond(e.Server, m, e.BurnPerMs, e.Workers, e.Queue))
	}
	s.suite.Servers = append(s.suite.Servers, targets...)
	s.result.Config.Workers, s.result.Config.Queue = e.Workers, e.Queue
	return s, remove, nil
}

// run sets up a session and performs experiments in it.
func (e *benchmark) run(ctx context.Context, con *console, experiments ...experimentFunc) error {
	s, remove, err := e.setUp(ctx, con)
	if err != nil {
		return err
	}
	defer remove()
	return e.perform(ctx, con, s, experiments...)
}

// check reports every fault of the flags, and fills in what the workload decides.
func (v *servers) check() (load.Workload, error) {
	var errs []error
	v.Models = slices.DeleteFunc(v.Models, func(m string) bool { return m == "" }) // --models= means none
	for _, m := range v.Models {
		if !slices.Contains(bench.Models, m) {
			errs = append(errs, fmt.Errorf("model %q is none of %s", m, strings.Join(bench.Models, ", ")))
		}
	}
	if v.Workers == 0 || v.Workers < -1 || v.Queue < -1 {
		errs = append(errs, fmt.Errorf("--workers %d, --queue %d: a pool needs at least one worker, and its queue cannot be negative", v.Workers, v.Queue))
	}
	if len(v.Models)+len(v.Target) == 0 {
		errs = append(errs, errors.New("nothing to load: give --models or --target"))
	}
	workload, err := load.ParseWorkload(v.Workload)
	errs = append(errs, err)
	if v.Workers < 0 {
		v.Workers = workload.Workers
	}
	if v.Queue < 0 {
		v.Queue = workload.Queue
	}
	return workload, errors.Join(errs...)
}

// targets are the servers that --target names, of which each must be there.
func (v *servers) targets(ctx context.Context) ([]process.Server, error) {
	var all []process.Server
	for _, t := range v.Target {
		name, url, ok := strings.Cut(t, "=")
		if !ok || name == "" {
			return nil, usageError{fmt.Errorf("target %q: write NAME=URL", t)}
		}
		endpoint, err := allowed(ctx, url, v.AllowRemote)
		if err != nil {
			return nil, usageError{fmt.Errorf("target %s: %w", name, err)}
		}
		if err := endpoint.Reach(ctx); err != nil {
			return nil, fmt.Errorf("target %s: %w", name, err)
		}
		all = append(all, process.Server{Name: name, URL: url})
	}
	return all, nil
}

// allowed is where a URL leads, if that may be loaded.
func allowed(ctx context.Context, url string, remote bool) (*load.Endpoint, error) {
	endpoint, err := load.NewEndpoint(ctx, url)
	if err == nil && !remote && !endpoint.Local() {
		err = fmt.Errorf("URL %q is not on this host: give --allow-remote if you may load it", url)
	}
	return endpoint, err
}

// findServer builds millpond's server, unless --server names one. The returned
// function removes what was built.
func (v *build) findServer(ctx context.Context, con *console) (func(), error) {
	if v.Server != "" {
		if _, err := exec.LookPath(v.Server); err != nil {
			return nil, usageError{fmt.Errorf("--server: %w", err)}
		}
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "millpond-bench-")
	if err != nil {
		return nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	v.Server = filepath.Join(dir, "server")
	fmt.Fprintln(con.stderr, "building millpond's server")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", v.Server, "millpond/cmd/server").CombinedOutput()
	if err != nil {
		remove()
		return nil, fmt.Errorf("millpond's server cannot be built here: run bench inside millpond's source, or name a server that is built with --server PATH: %w\n%s",
			err, bytes.TrimSpace(out))
	}
	return remove, nil
}

// calibrate finds out what a millisecond of work is, unless that was given, and tells
// the session.
func (v *build) calibrate(ctx context.Context, s *session) (err error) {
	if s.suite.Calibrated = v.BurnPerMs < 0; s.suite.Calibrated {
		v.BurnPerMs, err = process.Calibrate(ctx, process.Millpond(v.Server, "pool", -1, -1, -1), s.suite.Cores.Server)
	}
	s.result.Env.BurnPerMS = max(v.BurnPerMs, 0)
	return err
}

// sizeable is millpond's pool with workers and queue left to a search. It is
// known once the server is found and calibrated.
func (v *servers) sizeable() process.Server {
	return process.Millpond(v.Server, "pool", v.BurnPerMs, 1, 1)
}
