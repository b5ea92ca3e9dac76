package experiment

import (
	"context"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// spec is a trial to be run.
type spec struct {
	server         process.Server
	phase          string
	repeat         int
	multiple       float64
	workers, queue int
	search         bool      // see bench.Trial
	load           load.Load // but for its server
	around
	// finish, if not nil, completes the trial.
	finish func(*bench.Trial)
}

// around is what goes on beside a load.
type around struct {
	// beside, if not nil, is started before the load, and stopped after it.
	beside func(ctx context.Context, pid int, endpoint *load.Endpoint) (*bench.Background, func(), error)
	// neighbour is the share of the server's processors that another process
	// takes, and stall for how long the server is stopped in the middle of the
	// trial.
	neighbour float64
	stall     time.Duration
	unasked   bool // see Offer
	// lineUp, if not nil, waits until all are ready that are loaded at the same time.
	lineUp func()
}

// spec is a trial of c with what all trials have in common.
func (s *Suite) spec(c process.Server, phase string, repeat int) spec {
	return spec{
		server: c, phase: phase, repeat: repeat + 1, workers: s.Workers, queue: s.Queue, around: around{neighbour: s.neighbour},
		load: load.Load{
			Warmup: s.Warmup, Timeout: s.Timeout, Limit: s.Limit, Connections: s.Connections,
			Arrivals: load.Arrivals{Seed: s.Seed + uint64(repeat)},
		},
	}
}

// settled caps the time that a server beyond its capacity is given to settle, in
// units of the clients' patience.
const settled = 5

// steady makes p a load of one rate, after a warm-up in which whatever settles
// can do so. Beyond capacity the wait of an unbounded queue grows by multiple−1
// for each second of load, so that it passes the patience of the clients only
// after timeout/(multiple−1); before, such a server looks well. All servers get
// the same schedule, which makes their trials pairs; repeats get different
// ones.
func (p *spec) steady(rate float64, length time.Duration) {
	if timeout := p.load.Timeout; p.multiple > 1 {
		fill := time.Duration(float64(timeout) / (p.multiple - 1))
		p.load.Warmup = max(p.load.Warmup, min(timeout+fill, settled*timeout))
	}
	p.load.Arrivals.Segments = load.Plateau(rate, p.load.Warmup+length)
}
