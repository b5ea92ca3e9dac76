package experiment

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
	"millpond/bench/stats"
)

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
	// Course, if not empty, is which of the workload's requests, counted from 1, are
	// sent: one kind after the other. Name tells such offers apart.
	Course []int
	Name   string
	// Idle is how many connections there are beside it that ask for nothing.
	Idle int
	// Unasked leaves the server alone meanwhile: nobody reads its metrics.
	Unasked bool
	// Together loads its servers at the same time, each with the whole rate.
	Together bool
	// Only, if not empty, are the variants that it is for.
	Only []string
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
	}{{o.Name != "", o.Name}, {o.Shape != "", o.Shape}, {o.Cold, "cold"}, {o.Steps > 0, "steps"}, {o.Stall > 0, "stall"}, {o.Idle > 0, fmt.Sprintf("beside %d", o.Idle)}} {
		if what.is {
			name += " " + what.name
		}
	}
	return name
}

// point is where the trials of an offer will be, as goals see it.
func (o Offer) point() stats.Point {
	return stats.Point{Phase: o.phase(), Trials: []bench.Trial{{Multiple: o.Multiple}}}
}

// isFor tells whether a variant is offered o.
func (o Offer) isFor(variant string) bool {
	return len(o.Only) == 0 || slices.Contains(o.Only, variant)
}

// Times within a load that changes.
const (
	stepBin      = 100 * time.Millisecond // of its series
	shortTrial   = 4 * time.Second        // below which a series has finer steps, too
	stepLength   = time.Second            // of a level
	courseLength = 3 * time.Second        // of a kind of request, if there are several
	// stallLength is the least length of a load in which the server is stopped: a third
	// before, and two seconds and more after it to see it come back.
	stallLength = 9 * time.Second
)

// offerSpec is one trial.
func (s *Suite) offerSpec(o Offer, server process.Server, capacity float64, repeat int) spec {
	p := s.spec(server, o.phase(), repeat)
	p.unasked = o.Unasked
	p.multiple, p.stall, p.load.Retry, p.load.Concurrency = o.Multiple, o.Stall, o.Retry, o.Clients
	p.load.Arrivals.Shape = o.Shape
	if o.Idle > 0 {
		p.load.Connections = probeConnections
		p.beside = crowd(bench.Background{Kind: load.KindIdle, Connections: o.Idle})
	}
	rate := cmp.Or(o.Rate, o.Multiple*capacity)
	switch {
	case o.Stall > 0 || o.Steps > 0 || len(o.Course) > 1:
		p.load.BinWidth = stepBin
	case s.Duration < shortTrial:
		p.load.BinWidth = pulseBin // or there would be nothing to see over time
	}
	switch {
	case o.Cold:
		p.load.Warmup = 0
		p.load.Arrivals.Segments = load.Plateau(rate, s.Duration)
	case o.Steps > 0:
		p.load.Arrivals.Segments = load.Plateau(capacity/2, p.load.Warmup+stepLength)
		for range o.Steps {
			p.load.Arrivals.Segments = append(p.load.Arrivals.Segments, load.Plateau(rate, stepLength)...)
			p.load.Arrivals.Segments = append(p.load.Arrivals.Segments, load.Plateau(capacity/2, stepLength)...)
		}
	case len(o.Course) > 1:
		for i, request := range o.Course {
			length := courseLength
			if i == 0 {
				length += p.load.Warmup
			}
			p.load.Arrivals.Segments = append(p.load.Arrivals.Segments, load.Segment{From: rate, To: rate, Length: length, Request: request})
		}
	case o.Together:
		p.steady(rate, max(s.Duration, togetherLength))
	case o.Stall > 0:
		p.steady(rate, max(s.Duration, stallLength))
	default:
		p.steady(rate, s.Duration)
	}
	if len(o.Course) == 1 {
		p.load.Arrivals.Segments[0].Request = o.Course[0]
	}
	return p
}
