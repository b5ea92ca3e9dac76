package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/process"
)

// overloadCommand is "bench overload".
type overloadCommand struct {
	benchmark
	Rows        []int    `help:"Rows of the table of targets to make. Default: all." placeholder:"ROW"`
	ServerFlags []string `sep:"none" help:"Flag for millpond's server in every trial; repeatable." placeholder:"'--max-wait=1s'"`
}

// rows is how many rows the table of targets has.
const rows = 14

// Run puts millpond through every kind of overload.
func (c *overloadCommand) Run(ctx context.Context, con *console) error {
	scenarios, err := chosenScenarios(c.Rows)
	if err != nil {
		return usageError{err}
	}
	c.Models = []string{"pool"}
	s, remove, err := c.setUp(ctx, con)
	if err != nil {
		return err
	}
	defer remove()
	variants, removePeers := c.variants(ctx, con)
	defer removePeers()
	if s.suite.Program, err = os.Executable(); err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	var experiments []experimentFunc
	for _, scenario := range scenarios {
		experiments = append(experiments, func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
			return s.Overloaded(ctx, scenario, variants)
		})
	}
	return c.perform(ctx, con, s, experiments...)
}

// chosenScenarios are those that some of the rows need, with the targets of those rows.
func chosenScenarios(chosen []int) ([]experiment.Scenario, error) {
	for _, row := range chosen {
		if row < 1 || row > rows {
			return nil, fmt.Errorf("--rows %d: the table has rows 1 to %d", row, rows)
		}
	}
	all := experiment.Scenarios()
	if len(chosen) == 0 {
		return all, nil
	}
	for i := range all {
		all[i].Goals = slices.DeleteFunc(all[i].Goals, func(g experiment.Goal) bool { return !slices.Contains(chosen, g.Row) })
	}
	return slices.DeleteFunc(all, func(s experiment.Scenario) bool { return len(s.Goals) == 0 }), nil
}

// variants are millpond with its defaults and some numbers of workers, and what is put
// beside it. Which of them a binary can be is found out when they are started.
func (c *overloadCommand) variants(ctx context.Context, con *console) (all []experiment.Variant, remove func()) {
	add := func(name, model string, beside bool, flags ...string) {
		server := process.Millpond(c.Server, model, c.BurnPerMs, -1, -1)
		server.Name = name
		if model == "pool" {
			server.Command = append(append(server.Command, flags...), c.ServerFlags...)
		}
		all = append(all, experiment.Variant{Server: server, Beside: beside})
	}
	for _, workers := range []int{1, 8, 32, 64, 512} {
		add(fmt.Sprintf("workers %d", workers), "pool", false, "--workers", strconv.Itoa(workers))
	}
	add(experiment.VariantAuto, "pool", false, "--workers", "auto")
	add(experiment.VariantFIFO, "pool", true, "--workers", "8", "--discipline", "fifo", "--queue", "512")
	add("nethttp", "nethttp", true)
	if _, err := exec.LookPath("haproxy"); err != nil {
		return all, func() {}
	}
	dir, err := peersSource(ctx)
	if err == nil {
		var binary string
		if binary, remove, err = buildPeers(ctx, dir); err == nil {
			command := []string{binary, "--model", "haproxy", "--addr", "127.0.0.1:0", "--workers", "8", "--burn-per-ms", strconv.FormatInt(c.BurnPerMs, 10)}
			return append(all, experiment.Variant{Server: process.Server{Name: experiment.VariantHAProxy, Command: command}, Beside: true}), remove
		}
	}
	fmt.Fprintln(con.stderr, "HAProxy is left out:", err)
	return all, func() {}
}

// peersSource is where bench/peers is.
func peersSource(ctx context.Context) (string, error) {
	source, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "millpond").Output()
	if err != nil {
		return "", fmt.Errorf("the other servers need millpond's source: run bench inside it: %w", err)
	}
	return filepath.Join(string(source[:max(len(source)-1, 0)]), "bench", "peers"), nil
}
