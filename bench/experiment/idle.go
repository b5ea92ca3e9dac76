package experiment

import (
	"context"
	"fmt"
	"time"

	"millpond/bench"
	"millpond/bench/load"
	"millpond/bench/process"
)

// Backgrounds are the backgrounds of Idle, by size; 0 leaves one out.
type Backgrounds struct {
	Idle, HalfHeads, SlowReaders int
}

// validate checks that the connections fit into this process.
func (c Backgrounds) validate() error {
	room, open, err := load.Room()
	if err != nil {
		return err
	}
	largest := max(c.Idle, c.HalfHeads, c.SlowReaders)
	if room -= probeConnections; largest > room {
		return &bench.ConfigError{Err: fmt.Errorf("%d connections in the background: the limit on open files, %d, leaves room for %d: raise it with 'ulimit -n'",
			largest, open, room)}
	}
	return nil
}

// probeConnections is how many connections the probe may use beside a background.
const probeConnections = 1000

// idleMultiple is the load, in units of the capacity, that probes the server
// while a background is connected.
const idleMultiple = 0.3

// settleTime is how long a server gets to come to rest once a background is
// connected, before its memory is read.
const settleTime = 500 * time.Millisecond

// Idle probes every server steadily, alone and beside backgrounds of connections
// that do not ask for anything, and measures what such a connection costs.
func (s *Suite) Idle(ctx context.Context, backgrounds Backgrounds) (bench.Run, error) {
	run := s.newRun("idle")
	if err := backgrounds.validate(); err != nil {
		return run, err
	}
	if err := s.measureCapacity(ctx, &run); err != nil {
		return run, err
	}
	sizes := []bench.Background{
		{}, {Kind: load.KindIdle, Connections: backgrounds.Idle}, {Kind: load.KindHalfHead, Connections: backgrounds.HalfHeads},
		{Kind: load.KindSlowReader, Connections: backgrounds.SlowReaders},
	}
	var specs []spec
	for repeat := range s.Trials {
		for _, size := range sizes {
			if size.Kind != "" && size.Connections == 0 {
				continue
			}
			for _, c := range s.Servers {
				specs = append(specs, s.beside(c, size, run.Capacity, repeat))
			}
		}
	}
	return run, s.runAll(ctx, &run, specs)
}

// beside is a steady probe beside a background.
func (s *Suite) beside(c process.Server, size bench.Background, capacity float64, repeat int) spec {
	p := s.spec(c, "alone", repeat)
	p.multiple = idleMultiple
	p.load.Connections = probeConnections
	p.steady(idleMultiple*capacity, s.Duration)
	if size.Kind == "" {
		return p
	}
	p.phase = fmt.Sprintf("%s %d", size.Kind, size.Connections)
	p.beside = crowd(size)
	return p
}

// crowd opens a background beside a load, and reads what it costs the server.
func crowd(size bench.Background) func(ctx context.Context, pid int, endpoint *load.Endpoint) (*bench.Background, func(), error) {
	return func(ctx context.Context, pid int, endpoint *load.Endpoint) (*bench.Background, func(), error) {
		before := process.Memory(pid)
		background, err := load.OpenBackground(ctx, endpoint, size.Kind, size.Connections)
		if err != nil {
			return nil, nil, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(settleTime):
		}
		b := size
		b.BytesEach = bench.Known((process.Memory(pid).Float() - before.Float()) / float64(size.Connections))
		return &b, background.Close, nil
	}
}
