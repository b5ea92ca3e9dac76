package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/procfs"
)

// Crowds are the crowds of Idle, by size; 0 leaves one out.
type Crowds struct {
	Idle, HalfHeads, SlowReaders int
}

// validate checks that the connections fit into this process.
func (c Crowds) validate() error {
	open, err := openFiles()
	if err != nil {
		return err
	}
	largest := max(c.Idle, c.HalfHeads, c.SlowReaders)
	if room := int(min(open, 1<<20)) - spareFiles - probeConnections; largest > room {
		return &ConfigError{fmt.Errorf("a crowd of %d connections: the limit on open files, %d, leaves room for %d: raise it with 'ulimit -n'",
			largest, open, room)}
	}
	return nil
}

// probeConnections is how many connections the probe may use beside a crowd.
const probeConnections = 1000

// idleMultiple is the load, in units of the capacity, that probes the server
// while a crowd is connected.
const idleMultiple = 0.3

// settleTime is how long a server gets to come to rest once a crowd is
// connected, before its memory is read.
const settleTime = 500 * time.Millisecond

// Idle probes every candidate steadily, alone and beside crowds of connections
// that do not ask for anything, and measures what such a connection costs.
func (s *Suite) Idle(ctx context.Context, crowds Crowds) (Run, error) {
	run := s.newRun("idle")
	if err := crowds.validate(); err != nil {
		return run, err
	}
	if err := s.measureCapacity(ctx, &run); err != nil {
		return run, err
	}
	sizes := []Background{
		{}, {Kind: KindIdle, Connections: crowds.Idle}, {Kind: KindHalfHead, Connections: crowds.HalfHeads},
		{Kind: KindSlowReader, Connections: crowds.SlowReaders},
	}
	var specs []spec
	for repeat := range s.Trials {
		for _, size := range sizes {
			if size.Kind != "" && size.Connections == 0 {
				continue
			}
			for _, c := range s.Candidates {
				specs = append(specs, s.beside(c, size, run.Capacity, repeat))
			}
		}
	}
	return run, s.runAll(ctx, &run, specs)
}

// beside is a steady probe beside a crowd.
func (s *Suite) beside(c Candidate, size Background, capacity float64, repeat int) spec {
	p := s.spec(c, "alone", repeat)
	p.multiple = idleMultiple
	p.load.Connections = probeConnections
	p.load.Arrivals = s.plateau(idleMultiple*capacity, repeat)
	if size.Kind == "" {
		return p
	}
	p.phase = fmt.Sprintf("%s %d", size.Kind, size.Connections)
	p.beside = func(ctx context.Context, pid int, target *Target) (*Background, func(), error) {
		before := pss(pid)
		crowd, err := gather(ctx, target, size.Kind, size.Connections)
		if err != nil {
			return nil, nil, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(settleTime):
		}
		b := size
		b.BytesEach = float64(pss(pid)-before) / float64(size.Connections)
		return &b, crowd.disperse, nil
	}
	return p
}

// pss is the memory of a server's processes in bytes, what they share divided
// among them.
func pss(group int) int64 {
	procs, err := processGroup(group)
	if err != nil {
		return 0
	}
	var sum int64
	for _, p := range procs {
		sum += pssOf(p)
	}
	return sum
}

// pssOf is that of one process, 0 if it has gone.
func pssOf(p procfs.Proc) int64 {
	rollup, err := p.ProcSMapsRollup()
	if err != nil {
		return 0
	}
	return int64(rollup.Pss)
}
