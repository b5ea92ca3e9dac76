package experiment

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// Scenario is a kind of overload with the targets that a server has in it.
type Scenario struct {
	// Kind is that of its run, "overload" if empty.
	Kind     string
	Name     string
	Workload load.Workload
	Offers   []Offer
	// Variants are the names of the servers, the first of which sets the capacity. Needs
	// are flags for millpond, but not for the controls beside it.
	Variants []string
	Needs    []string
	// Neighbour is the share of the server's processors that another process takes.
	Neighbour float64
	Goals     []Goal
}

// Variant is a server as scenarios know it: millpond with some flags, or a control or a
// rival, which no target is about.
type Variant struct {
	process.Server
	Beside bool
}

// Overloaded puts servers through a scenario, and judges its targets. A scenario that
// cannot be measured misses its targets, with the reason; the only error is that of ctx.
func (s *Suite) Overloaded(ctx context.Context, c Scenario, all []Variant) (bench.Run, error) {
	quiet := *s
	quiet.Workload, quiet.neighbour = c.Workload, c.Neighbour
	run := quiet.newRun(cmp.Or(c.Kind, "overload"))
	run.Workload = c.Name + ": " + run.Workload
	chosen, absent := c.choose(ctx, &run, all, s.Cores.Server)
	refused := ""
	quiet.Servers = nil
	for _, v := range chosen {
		quiet.Servers = append(quiet.Servers, v.Server)
	}
	if slices.ContainsFunc(chosen, func(v Variant) bool { return !v.Beside }) {
		if err := quiet.offerAll(ctx, &run, c.wanted()); err != nil {
			refused = err.Error()
		}
	}
	if ctx.Err() != nil {
		refused = "it was interrupted"
	}
	run.Targets = judgeGoals(&run, c.Goals, chosen, func(g Goal) string { return cmp.Or(refused, c.lacks(g, absent)) })
	return run, ctx.Err()
}

// lacks tells which of millpond's variants that a goal is about is absent, and why.
func (c Scenario) lacks(g Goal, absent map[string]string) string {
	for _, name := range c.Variants {
		why := absent[name]
		about := func(o Offer) bool { return o.isFor(name) && g.covers(o.point()) }
		if why != "" && (g.Server == "" || g.Server == name) && slices.ContainsFunc(c.Offers, about) {
			return why
		}
	}
	return ""
}

// choose finds the variants of a scenario that start. It notes those that do not, and
// returns why for those of millpond.
func (c Scenario) choose(ctx context.Context, run *bench.Run, all []Variant, cores []int) (chosen []Variant, absent map[string]string) {
	absent = map[string]string{}
	for _, name := range c.Variants {
		i := slices.IndexFunc(all, func(v Variant) bool { return v.Name == name })
		if i < 0 && name == VariantBefore {
			continue // nobody asked for it
		}
		if i < 0 {
			run.Notes = append(run.Notes, fmt.Sprintf("There is no %s here, so it was left out.", name))
			continue
		}
		v := all[i]
		if !v.Beside {
			v.Command = append(slices.Clone(v.Command), c.Needs...)
		}
		proc, err := process.Start(ctx, v.Server, -1, -1, cores)
		if ctx.Err() != nil {
			return nil, nil
		}
		if err != nil {
			if !v.Beside {
				absent[name] = fmt.Sprintf("%s does not start as %s", name, strings.Join(v.Command[1:], " "))
			}
			run.Notes = append(run.Notes, fmt.Sprintf("%s was left out: %v.", name, err))
			continue
		}
		proc.Stop()
		chosen = append(chosen, v)
	}
	return chosen, absent
}

// wanted are the offers that some goal is about.
func (c Scenario) wanted() []Offer {
	return slices.DeleteFunc(slices.Clone(c.Offers), func(o Offer) bool {
		p := o.point()
		return !slices.ContainsFunc(c.Goals, func(g Goal) bool { return g.covers(p) || g.With == p.Phase })
	})
}

// needsCapacity tells whether some load refers to the capacity.
func needsCapacity(offers []Offer) bool {
	return slices.ContainsFunc(offers, func(o Offer) bool { return o.Multiple > 0 })
}

// offerAll measures the capacity, where something refers to it, and then offers every
// server everything, in random order. Trials that something disturbed are made once more.
func (s *Suite) offerAll(ctx context.Context, run *bench.Run, offers []Offer) error {
	if needsCapacity(offers) {
		if err := s.measureCapacity(ctx, run); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(s.Seed, 8))
	for repeat := range s.Trials {
		specs := s.offerSpecs(offers, false, run.Capacity, repeat)
		random.Shuffle(len(specs), func(i, j int) { specs[i], specs[j] = specs[j], specs[i] })
		if err := s.runTogether(ctx, run, s.offerSpecs(offers, true, run.Capacity, repeat)); err != nil {
			return err
		}
		begun := len(run.Trials)
		if err := s.runAll(ctx, run, specs); err != nil {
			return err
		}
		if again := s.again(run.Trials[begun:], specs); s.Trials > 1 {
			if err := s.runAll(ctx, run, again); err != nil {
				return err
			}
		}
	}
	return nil
}

// offerSpecs are the trials of one repeat: those that run at the same time, or the others.
func (s *Suite) offerSpecs(offers []Offer, together bool, capacity float64, repeat int) []spec {
	var specs []spec
	for _, o := range offers {
		for _, server := range s.Servers {
			if o.Together == together && o.isFor(server.Name) {
				specs = append(specs, s.offerSpec(o, server, capacity, repeat))
			}
		}
	}
	return specs
}

// again are the specs whose trials something disturbed. Where there are several trials
// of everything, those do not count any more.
func (s *Suite) again(trials []bench.Trial, specs []spec) []spec {
	if s.Cores.Shared() || s.Trials < 2 {
		return nil
	}
	var again []spec
	for i := range trials {
		t := &trials[i]
		j := slices.IndexFunc(specs, func(p spec) bool { return p.server.Name == t.Server && p.phase == t.Phase })
		if disturbed(*t) && j >= 0 {
			t.Search = true
			again = append(again, specs[j])
		}
	}
	return again
}

// Times that a trial takes beside its load: to start and to stop the server, and for
// what is under way at the end.
const (
	trialOverhead = 800 * time.Millisecond
	startOverhead = 300 * time.Millisecond
)

// Expect is how long a scenario will take if nothing is disturbed.
func (s *Suite) Expect(c Scenario, all []Variant) time.Duration {
	quiet := *s
	quiet.Servers = nil
	for _, v := range all {
		if slices.Contains(c.Variants, v.Name) {
			quiet.Servers = append(quiet.Servers, v.Server)
		}
	}
	sum := startOverhead * time.Duration(len(quiet.Servers))
	if len(quiet.Servers) == 0 {
		return 0
	}
	offers := c.wanted()
	if needsCapacity(offers) {
		sum += quiet.capacity(0).load.Arrivals.Length() + trialOverhead
	}
	for repeat := range s.Trials {
		for _, p := range quiet.offerSpecs(offers, false, 1, repeat) {
			sum += p.load.Arrivals.Length() + trialOverhead
		}
		if all := quiet.offerSpecs(offers, true, 1, repeat); len(all) > 0 {
			sum += all[0].load.Arrivals.Length() + trialOverhead
		}
	}
	return sum
}
