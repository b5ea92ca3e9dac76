package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"millpond/bench/experiment"
	"millpond/bench/load"
	"millpond/bench/process"
)

// proxyCommand is "bench proxy".
type proxyCommand struct {
	measure
	Exec    string `help:"Command line of the app, with {addr}. Default: Flask with its threaded server, and 20 ms of processor time per request." placeholder:"'CMD --addr {addr}'"`
	Path    string `help:"What to ask the app for. Default: / with --exec." default:"/task?cpu=20ms" placeholder:"PATH"`
	Workers int    `help:"Requests that millpond and HAProxy let through to the app at once." default:"2" placeholder:"COUNT"`
	Server  string `help:"millpond's server. Default: built from ./cmd/server." placeholder:"PATH"`
}

// Run loads an app alone and behind proxies, and then the proxies themselves.
func (c *proxyCommand) Run(ctx context.Context, con *console) error {
	if c.Workers < 1 {
		return usageError{fmt.Errorf("--workers %d: at least one request must go through", c.Workers)}
	}
	app, err := c.app(ctx)
	if err != nil {
		return usageError{err}
	}
	w, err := load.ParseWorkload(c.Path)
	if err != nil {
		return usageError{err}
	}
	s, err := c.open()
	if err != nil {
		return err
	}
	mill := build{Server: c.Server}
	remove, err := mill.findServer(ctx, con)
	if err != nil {
		return err
	}
	defer remove()
	dir, err := peersSource(ctx)
	if err != nil {
		return err
	}
	peers, removePeers, err := buildPeers(ctx, dir)
	if err != nil {
		return err
	}
	defer removePeers()
	// Its metrics are out of reach, or they would be taken for those of the proxy.
	hello := append(process.Millpond(mill.Server, "pool", 1, -1, -1).Command, "--admin-addr", "127.0.0.1:0")
	return c.judged(ctx, con, s,
		plan{experiment.ProxiedApp(w), proxies(mill.Server, peers, app, c.Workers)},
		plan{experiment.ProxyCost(), proxies(mill.Server, peers, hello, costWorkers)})
}

// costWorkers is the bound where the proxies themselves are measured: none that matters.
const costWorkers = 64

// app is the command of the app.
func (c *proxyCommand) app(ctx context.Context) ([]string, error) {
	if c.Exec != "" {
		if c.Path == flaskPath {
			c.Path = "/"
		}
		server, err := process.Shell("app", c.Exec)
		return server.Command, err
	}
	dir, err := peersSource(ctx)
	if err != nil {
		return nil, err
	}
	python := pythonWith(ctx, "flask")
	if python == "" {
		return nil, errors.New("there is no python3 with Flask: install Debian's python3-flask, or name another app with --exec 'CMD --addr {addr}'")
	}
	script := filepath.Join(dir, "python", "flask_app.py")
	burn, err := calibratePython(ctx, python, script)
	return pythonServer(python, script, burn), err
}

// flaskPath is what Flask is asked for unless --path says otherwise.
const flaskPath = "/task?cpu=20ms"

// proxies are an app alone, and behind each proxy with a bound on the requests that it
// lets through.
func proxies(server, peers string, app []string, workers int) []experiment.Variant {
	bound := strconv.Itoa(workers)
	behind := func(name string, beside bool, command ...string) experiment.Variant {
		return experiment.Variant{Server: process.Server{Name: name, Command: command, Backend: app}, Beside: beside}
	}
	all := []experiment.Variant{
		{Server: process.Server{Name: experiment.VariantApp, Command: app}, Beside: true},
		behind(experiment.VariantMillpond, false, server, "--addr", "127.0.0.1:0", "--upstream", "{backend}", "--workers", bound),
	}
	for _, model := range []string{experiment.VariantBare, experiment.VariantHAProxy} {
		all = append(all, behind(model, true, peers, "--model", model, "--addr", "127.0.0.1:0", "--backend", "{backend}", "--workers", bound, "--burn-per-ms", "1"))
	}
	return all
}
