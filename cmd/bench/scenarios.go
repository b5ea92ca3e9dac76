package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"millpond/bench"
	"millpond/bench/experiment"
	"millpond/bench/process"
)

// overloadCommand is "bench overload".
type overloadCommand struct {
	measure
	build
	Rows        []int    `help:"Rows of the table of targets to make, 1 to ${rows}. Default: all." placeholder:"ROW"`
	Before      string   `help:"millpond's server as it was, to be put beside it." placeholder:"PATH"`
	ServerFlags []string `sep:"none" help:"Flag for millpond's server in every trial; repeatable." placeholder:"'--max-wait=1s'"`
}

// quickScenario is the length of a trial that only illustrates.
const quickScenario = time.Second

// Run puts millpond through every kind of overload.
func (c *overloadCommand) Run(ctx context.Context, con *console) error {
	scenarios, err := chosenScenarios(c.Rows)
	if err != nil {
		return usageError{err}
	}
	if c.Quick {
		c.Trials, c.Duration = 1, min(c.Duration, quickScenario)
	}
	s, err := c.open()
	if err != nil {
		return err
	}
	if err := c.checkBefore(ctx, s); err != nil {
		return err
	}
	remove, err := c.findServer(ctx, con)
	if err != nil {
		return err
	}
	defer remove()
	if err := c.calibrate(ctx, s); err != nil {
		return err
	}
	variants, removePeers := c.variants(ctx, con)
	defer removePeers()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if s.suite.Program, err = os.Executable(); err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	var plans []plan
	for _, scenario := range scenarios {
		plans = append(plans, plan{scenario, variants})
	}
	return c.judged(ctx, con, s, plans...)
}

// checkBefore tells whether what --before names serves: what was asked for must not be
// missing from the report.
func (c *overloadCommand) checkBefore(ctx context.Context, s *session) error {
	if c.Before == "" {
		return nil
	}
	p, err := process.Start(ctx, c.before(), -1, -1, s.suite.Cores.Server)
	if err != nil {
		return usageError{fmt.Errorf("--before must be a server of millpond's: %w", err)}
	}
	p.Stop()
	return nil
}

// before is the server as it was.
func (c *overloadCommand) before() process.Server {
	server := process.Millpond(c.Before, "pool", c.BurnPerMs, -1, -1)
	server.Name, server.Command = experiment.VariantBefore, append(server.Command, "--workers", "8")
	return server
}

// plan is a scenario, and the servers that are put through it.
type plan struct {
	scenario experiment.Scenario
	servers  []experiment.Variant
}

// judged tells how long plans will take, and carries them out.
func (m *measure) judged(ctx context.Context, con *console, s *session, plans ...plan) error {
	var expected time.Duration
	var experiments []experimentFunc
	for _, p := range plans {
		expected += s.suite.Expect(p.scenario, p.servers)
		experiments = append(experiments, func(ctx context.Context, s *experiment.Suite) (bench.Run, error) {
			return s.Overloaded(ctx, p.scenario, p.servers)
		})
	}
	fmt.Fprintf(con.stderr, "%s will take %v, and longer if something disturbs them; what is finished is reported if they are interrupted\n",
		bench.Counted(len(plans), "scenario"), expected.Round(10*time.Second))
	return m.perform(ctx, con, s, experiments...)
}

// chosenScenarios are those that some of the rows need, with the targets of those rows.
func chosenScenarios(chosen []int) ([]experiment.Scenario, error) {
	all := experiment.Scenarios()
	for _, row := range chosen {
		if rows := lastRow(all); row < 1 || row > rows {
			return nil, fmt.Errorf("--rows %d: the table has rows 1 to %d", row, rows)
		}
	}
	if len(chosen) == 0 {
		return all, nil
	}
	for i := range all {
		all[i].Goals = slices.DeleteFunc(all[i].Goals, func(g experiment.Goal) bool { return !slices.Contains(chosen, g.Row) })
	}
	return slices.DeleteFunc(all, func(s experiment.Scenario) bool { return len(s.Goals) == 0 }), nil
}

// lastRow is that of the table of targets.
func lastRow(all []experiment.Scenario) (rows int) {
	for _, s := range all {
		for _, g := range s.Goals {
			rows = max(rows, g.Row)
		}
	}
	return rows
}

// variants are millpond with its defaults and some numbers of workers, and what is put
// beside it. Which of them a binary can be is found out when they are started.
func (c *overloadCommand) variants(ctx context.Context, con *console) (all []experiment.Variant, remove func()) {
	add := func(name, program, model string, beside bool, flags ...string) {
		server := process.Millpond(program, model, c.BurnPerMs, -1, -1)
		server.Name = name
		server.Command = append(server.Command, flags...)
		all = append(all, experiment.Variant{Server: server, Beside: beside})
	}
	ours := func(name string, beside bool, flags ...string) {
		add(name, c.Server, "pool", beside, append(flags, c.ServerFlags...)...)
	}
	for _, workers := range []int{1, 8, 32, 64, 512} {
		ours(fmt.Sprintf("workers %d", workers), false, "--workers", strconv.Itoa(workers))
	}
	ours(experiment.VariantAuto, false, "--workers", "auto")
	ours(experiment.VariantPlain, true, "--workers", "8")
	ours(experiment.VariantFIFO, true, "--workers", "8", "--discipline", "fifo", "--queue", "512")
	ours(experiment.VariantShort, true, "--workers", "4", "--discipline", "fifo", "--queue", "20")
	add(experiment.VariantNetHTTP, c.Server, "nethttp", true)
	if c.Before != "" {
		all = append(all, experiment.Variant{Server: c.before(), Beside: true})
	}
	rivals, remove, err := c.rivals(ctx)
	if err != nil {
		fmt.Fprintln(con.stderr, "other servers are left out:", err)
	}
	return append(all, rivals...), remove
}

// rivals are servers of bench/peers with bounds that an operator would set.
func (c *overloadCommand) rivals(ctx context.Context) (all []experiment.Variant, remove func(), err error) {
	dir, err := peersSource(ctx)
	if err != nil {
		return nil, func() {}, err
	}
	binary, remove, err := buildPeers(ctx, dir)
	if err != nil {
		return nil, func() {}, err
	}
	for _, r := range []struct{ name, model, workers string }{
		{experiment.VariantFasthttp, "fasthttp-concurrency", "8"}, {experiment.VariantLimited, "nethttp-limitlistener", "8"},
		{experiment.VariantChecked, "nethttp-semaphore", "8"}, {experiment.VariantHAProxy, "haproxy", "2"},
	} {
		if _, missing := exec.LookPath(r.model); r.model == "haproxy" && missing != nil {
			err = errors.New("HAProxy is not installed")
			continue
		}
		command := []string{binary, "--model", r.model, "--addr", "127.0.0.1:0", "--workers", r.workers, "--burn-per-ms", strconv.FormatInt(c.BurnPerMs, 10)}
		all = append(all, experiment.Variant{Server: process.Server{Name: r.name, Command: command}, Beside: true})
	}
	return all, remove, err
}
