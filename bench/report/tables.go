package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"millpond/bench"
)

// validityTable lists every invalid trial with its reasons, and counts
// the valid ones and all.
func validityTable(runs []bench.Run) (g grid, valid, all int) {
	g.Head = []string{"run", "server", "load", "trial", "sent", "send lag p99", "generator CPU", "Little residual", "why"}
	for _, r := range runs {
		for _, t := range r.Trials {
			all++
			v := t.Validity
			if v.Valid {
				valid++
				continue
			}
			g.add(nameOf(&r), t.Server, loadOf(t), strconv.Itoa(t.Repeat), formatShare(v.RateRatio), formatSeconds(t.Latency.Lag.P99.Float()),
				formatShare(t.Generator.CPU), formatShare(v.LittleResidual.Float()), strings.Join(v.Reasons, " "))
		}
	}
	return g, valid, all
}

func gateTable(gates []bench.Gate) *grid {
	if len(gates) == 0 {
		return nil
	}
	g := grid{Head: []string{"gate", "judged", "value", "bound", "result"}}
	for _, gate := range gates {
		result := "kept"
		if !gate.Passed {
			result = "BREACHED"
			if gate.Why != "" {
				result += ": " + gate.Why
			}
		}
		g.add(gate.Expression, gate.Trial, formatIn(gate.Unit, gate.Value.Float()), formatIn(gate.Unit, gate.Bound), result)
	}
	return &g
}

// Missed says in words why a gate is closed.
func Missed(g bench.Gate) string {
	switch {
	case g.Trial == "":
		return g.Why
	case g.Why != "":
		return fmt.Sprintf("%s: %s", g.Trial, g.Why)
	}
	return fmt.Sprintf("%s has %s, the bound is %s", g.Trial, formatIn(g.Unit, g.Value.Float()), formatIn(g.Unit, g.Bound))
}

// environment is everything a reader needs to judge whether another machine
// would show the same.
func environment(e bench.Env) []pair {
	pinning := fmt.Sprintf("generator on cores %v, server on cores %v", e.GeneratorCores, e.ServerCores)
	if fmt.Sprint(e.GeneratorCores) == fmt.Sprint(e.ServerCores) {
		pinning = fmt.Sprintf("generator and server share cores %v", e.ServerCores)
	}
	return known([]pair{
		{"CPU", e.CPUModel},
		{"Cores", strconv.Itoa(e.Cores)},
		{"Memory", formatBytes(float64(e.MemoryMB) * (1 << 20))},
		{"Pinning", pinning},
		{"Kernel", e.Kernel},
		{"Platform", e.OS + "/" + e.Arch},
		{"Go", e.Go},
		{"GOMAXPROCS of the generator", strconv.Itoa(e.GOMAXPROCS)},
		{"CPU governor", e.Governor},
		{"Open files limit", formatCount(int64(e.OpenFiles))},
		{"Local ports", e.PortRange},
		{"somaxconn", e.SoMaxConn},
		{"Burn per ms", positive(e.BurnPerMS)},
		{"Load average before", e.LoadBefore},
		{"Revision", e.Revision},
	})
}

func settings(c bench.Config) []pair {
	return known([]pair{
		{"Seed", strconv.FormatUint(c.Seed, 10)},
		{"Arrivals", c.Arrivals},
		{"Trials", strconv.Itoa(c.Trials)},
		{"Warm-up", formatSeconds(c.Warmup)},
		{"Duration", formatSeconds(c.Duration)},
		{"Client gives up after", formatSeconds(c.Timeout)},
		{"In time means within", formatSeconds(c.Limit)},
		{"Workers", positive(int64(c.Workers))},
		{"Queue", positive(int64(c.Queue))},
		{"Connections at most", positive(int64(c.Connections))},
		{"Objectives", strings.Join(c.Objectives, "; ")},
	})
}

func positive(n int64) string {
	if n <= 0 {
		return ""
	}
	return formatCount(n)
}

// known leaves out what is not known.
func known(pairs []pair) []pair {
	return slices.DeleteFunc(pairs, func(p pair) bool { return p.Value == "" })
}
