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
	"millpond/bench/stats"
)

// Scenario is a kind of overload with the targets that a server has in it.
type Scenario struct {
	Name     string
	Workload load.Workload
	Offers   []Offer
	// Variants are the names of the servers, the first of which sets the capacity. Flags
	// are added to millpond's own, and Needs are those without which there is nothing
	// to measure.
	Variants []string
	Needs    []string
	// Neighbour is the share of the server's processors that another process takes.
	Neighbour float64
	Goals     []Goal
}

// Offer is one load of a scenario.
type Offer struct {
	Multiple float64 // of the capacity, or
	Rate     float64 // requests/s, or
	Clients  int     // of a closed loop
	Shape    string
	Cold     bool // without a warm-up
	Steps    int  // so many from half the capacity to Multiple and back, a second each
	Stall    time.Duration
	Retry    load.Retry
}

// Variant is a server as scenarios know it: millpond with some flags, or a control or a
// rival, which no target is about.
type Variant struct {
	process.Server
	Beside bool
}

// phase names an offer.
func (o Offer) phase() string {
	name := fmt.Sprintf("%gx", o.Multiple)
	switch {
	case o.Clients > 0:
		name = fmt.Sprintf("closed %d", o.Clients)
	case o.Rate > 0:
		name = fmt.Sprintf("%g/s", o.Rate)
	}
	for _, what := range []struct {
		is   bool
		name string
	}{{o.Shape != "", o.Shape}, {o.Cold, "cold"}, {o.Steps > 0, "steps"}, {o.Stall > 0, "stall"}} {
		if what.is {
			name += " " + what.name
		}
	}
	return name
}

// Overloaded puts servers through a scenario, and judges its targets.
func (s *Suite) Overloaded(ctx context.Context, c Scenario, all []Variant) (bench.Run, error) {
	quiet := *s
	quiet.Workload, quiet.neighbour, quiet.Servers = c.Workload, c.Neighbour, nil
	run := quiet.newRun("overload")
	run.Workload = c.Name + ": " + run.Workload
	var chosen []Variant
	var refused string
	for _, name := range c.Variants {
		i := slices.IndexFunc(all, func(v Variant) bool { return v.Name == name })
		if i < 0 {
			run.Notes = append(run.Notes, fmt.Sprintf("There is no %s here, so it was left out.", name))
			continue
		}
		v := all[i]
		v.Command = append(slices.Clone(v.Command), c.Needs...)
		if proc, err := process.Start(ctx, v.Server, -1, -1, s.Cores.Server); err != nil {
			refused = fmt.Sprintf("%s does not start as %s", name, strings.Join(v.Command[1:], " "))
			run.Notes = append(run.Notes, fmt.Sprintf("%s was left out: %v.", name, err))
			continue
		} else {
			proc.Stop()
		}
		chosen = append(chosen, v)
		quiet.Servers = append(quiet.Servers, v.Server)
	}
	var err error
	if slices.ContainsFunc(chosen, func(v Variant) bool { return !v.Beside }) {
		refused = ""
		err = quiet.offerAll(ctx, &run, c.wanted())
	}
	run.Targets = judgeGoals(&run, c.Goals, chosen, refused)
	return run, err
}

// wanted are the offers that some goal is about.
func (c Scenario) wanted() []Offer {
	return slices.DeleteFunc(slices.Clone(c.Offers), func(o Offer) bool {
		p := stats.Point{Phase: o.phase(), Trials: []bench.Trial{{Multiple: o.Multiple}}}
		return !slices.ContainsFunc(c.Goals, func(g Goal) bool { return g.covers(p) })
	})
}

// offerAll measures the capacity, where something refers to it, and then offers every
// server everything, in random order.
func (s *Suite) offerAll(ctx context.Context, run *bench.Run, offers []Offer) error {
	if slices.ContainsFunc(offers, func(o Offer) bool { return o.Multiple > 0 }) {
		if err := s.measureCapacity(ctx, run); err != nil {
			return err
		}
	}
	random := rand.New(rand.NewPCG(s.Seed, 8))
	var specs []spec
	for repeat := range s.Trials {
		var block []spec
		for _, o := range offers {
			for _, server := range s.Servers {
				block = append(block, s.offerSpec(o, server, run.Capacity, repeat))
			}
		}
		random.Shuffle(len(block), func(i, j int) { block[i], block[j] = block[j], block[i] })
		specs = append(specs, block...)
	}
	return s.runAll(ctx, run, specs)
}

// stepBin is the step of the series of a load that jumps, and stepLength how long each
// level lasts.
const (
	stepBin    = 100 * time.Millisecond
	stepLength = time.Second
)

// offerSpec is one trial.
func (s *Suite) offerSpec(o Offer, server process.Server, capacity float64, repeat int) spec {
	p := s.spec(server, o.phase(), repeat)
	p.multiple, p.stall, p.load.Retry, p.load.Concurrency = o.Multiple, o.Stall, o.Retry, o.Clients
	p.load.Arrivals.Shape = o.Shape
	rate := cmp.Or(o.Rate, o.Multiple*capacity)
	length := s.Duration
	if o.Stall > 0 {
		length = max(length, 12*time.Second)
		p.load.BinWidth = stepBin
	}
	if o.Cold {
		p.load.Warmup = 0
		p.load.Arrivals.Segments = plain(rate, length)
		return p
	}
	if o.Steps == 0 {
		p.steady(rate, length)
		return p
	}
	p.load.BinWidth = stepBin
	p.load.Arrivals.Segments = plain(capacity/2, p.load.Warmup+stepLength)
	for range o.Steps {
		p.load.Arrivals.Segments = append(p.load.Arrivals.Segments, plain(rate, stepLength)...)
		p.load.Arrivals.Segments = append(p.load.Arrivals.Segments, plain(capacity/2, stepLength)...)
	}
	return p
}

// plain is one rate.
func plain(rate float64, length time.Duration) []load.Segment {
	return []load.Segment{{From: rate, To: rate, Length: length}}
}

// judgeGoals finds for each goal the server and load at which it was worst.
func judgeGoals(run *bench.Run, goals []Goal, chosen []Variant, refused string) []bench.Target {
	e := evidence{run: run, points: stats.Points(run)}
	for _, p := range e.points {
		e.peak = max(e.peak, p.Goodput().Median)
	}
	var all []bench.Target
	for _, g := range goals {
		t := bench.Target{Row: g.Row, Name: g.Name, Unit: g.Unit, Less: g.Less, Bound: g.Bound, Why: cmp.Or(refused, "it was not measured")}
		doubtful := 0
		for _, p := range e.points {
			mine := slices.ContainsFunc(chosen, func(v Variant) bool { return v.Name == p.Server && !v.Beside })
			if !mine || g.Server != "" && g.Server != p.Server || !g.covers(p) {
				continue
			}
			v := bench.Known(g.Of(e, p))
			if !v.Known() {
				continue
			}
			if !p.Valid() {
				doubtful++
			}
			if worse := !t.Value.Known() || g.Less == (v.Float() > t.Value.Float()); worse {
				t.Value, t.Where, t.Why = v, p.Server+" at "+p.Phase, ""
			}
		}
		if t.Judge(); doubtful > 0 {
			t.Met, t.Why = false, fmt.Sprintf("trials of %d of the loads are invalid", doubtful)
		}
		all = append(all, t)
	}
	return all
}
