package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"millpond/bench/process"
)

// peers are the servers that one would choose instead of millpond. They live in
// bench/peers, a module of its own.
type peers struct {
	Peers  bool `help:"Also load other Go servers with the same handlers, and HAProxy where it is installed."`
	Python bool `help:"Also load Python servers: a thread per connection, asyncio, and aiohttp where it is installed."`

	notes []string // what was left out, and why
}

// goPeers are the models of bench/peers that need nothing but Go.
var goPeers = []string{"nethttp-semaphore", "nethttp-limitlistener", "fasthttp", "fasthttp-concurrency"}

// pythonServers are the scripts of bench/peers/python by their names, and what
// each needs to import.
var pythonServers = []struct{ name, script, needs string }{
	{"python-threads", "threads.py", "threading"},
	{"python-asyncio", "streams.py", "asyncio"},
	{"python-aiohttp", "aiohttp_app.py", "aiohttp"},
}

// list builds and lists the servers that were asked for and are there. The
// bounds of those that have some are those of the pool. The returned function
// removes what was built.
func (p *peers) list(ctx context.Context, con *console, burn int64, workers, queue int) ([]process.Server, func(), error) {
	if !p.Peers && !p.Python {
		return nil, func() {}, nil
	}
	dir, err := peersSource(ctx)
	if err != nil {
		return nil, nil, err
	}
	var all []process.Server
	remove := func() {}
	if p.Peers {
		fmt.Fprintln(con.stderr, "building the peers")
		var binary string
		if binary, remove, err = buildPeers(ctx, dir); err != nil {
			return nil, nil, err
		}
		all = append(all, p.goServers(binary, burn, workers, queue)...)
	}
	if p.Python {
		python, err := p.findPython(ctx, filepath.Join(dir, "python"))
		if err != nil {
			remove()
			return nil, nil, err
		}
		all = append(all, python...)
	}
	for _, note := range p.notes {
		fmt.Fprintln(con.stderr, note)
	}
	return all, remove, nil
}

// peersSource is where bench/peers is.
func peersSource(ctx context.Context) (string, error) {
	source, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "millpond").Output()
	if err != nil {
		return "", fmt.Errorf("the other servers need millpond's source: run bench inside it: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(source)), "bench", "peers"), nil
}

func buildPeers(ctx context.Context, dir string) (binary string, remove func(), err error) {
	tmp, err := os.MkdirTemp("", "millpond-peers-")
	if err != nil {
		return "", nil, err
	}
	binary = filepath.Join(tmp, "peers")
	out, err := exec.CommandContext(ctx, "go", "build", "-C", dir, "-o", binary, ".").CombinedOutput()
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("build the peers: %w\n%s", err, out), os.RemoveAll(tmp))
	}
	return binary, func() { os.RemoveAll(tmp) }, nil
}

func (p *peers) goServers(binary string, burn int64, workers, queue int) []process.Server {
	models := goPeers
	if _, err := exec.LookPath("haproxy"); err == nil {
		models = append(models[:len(models):len(models)], "haproxy")
	} else {
		p.notes = append(p.notes, "HAProxy is not installed, so it was left out.")
	}
	var all []process.Server
	for _, model := range models {
		command := []string{binary, "--model", model, "--addr", "127.0.0.1:0"}
		if burn > 0 {
			command = append(command, "--burn-per-ms", strconv.FormatInt(burn, 10))
		}
		if workers >= 0 {
			command = append(command, "--workers", "{workers}")
		}
		if queue >= 0 {
			command = append(command, "--queue", "{queue}")
		}
		all = append(all, process.Server{Name: model, Command: command})
	}
	return all
}

// findPython gives all of them the same amount of work for a millisecond,
// measured once. It is not that of the Go servers: the models are compared, not
// the languages.
func (p *peers) findPython(ctx context.Context, dir string) ([]process.Server, error) {
	var all []process.Server
	burn := ""
	for _, s := range pythonServers {
		python := pythonWith(ctx, s.needs)
		if python == "" {
			p.notes = append(p.notes, fmt.Sprintf("There is no python3 with %s, so %s was left out.", s.needs, s.name))
			continue
		}
		script := filepath.Join(dir, s.script)
		if burn == "" {
			var err error
			if burn, err = calibratePython(ctx, python, script); err != nil {
				return nil, err
			}
		}
		all = append(all, process.Server{Name: s.name, Command: pythonServer(python, script, burn)})
	}
	return all, nil
}

// calibratePython is how much work of a script makes a millisecond.
func calibratePython(ctx context.Context, python, script string) (burn string, err error) {
	out, err := exec.CommandContext(ctx, python, "-B", script, "--calibrate").Output()
	if err != nil {
		return "", fmt.Errorf("calibrate %s: %w", filepath.Base(script), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// pythonServer is the command of a script that serves.
func pythonServer(python, script, burn string) []string {
	return []string{python, "-B", script, "--addr", "127.0.0.1:0", "--burn-per-ms", burn}
}

// pythonWith finds an interpreter that has a module: that of the PATH or that of
// the system, which need not be the same.
func pythonWith(ctx context.Context, module string) string {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(ctx, python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	return ""
}
