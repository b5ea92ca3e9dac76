package experiment

import (
	"context"

	"millpond/bench"
	"millpond/bench/load"
)

// Load puts one load on the first server. Its endpoint is made of the suite's workload.
func (s *Suite) Load(ctx context.Context, l load.Load) (bench.Run, error) {
	run := s.newRun("load")
	p := spec{server: s.Servers[0], workers: s.Workers, queue: s.Queue, load: l}
	event := Event{Number: 1, Total: 1, Server: p.server.Name, Length: l.Arrivals.Length(), Live: new(load.Live)}
	if l.Concurrency == 0 {
		event.Rate = l.Arrivals.MeanAfter(0)
	}
	s.notify(event)
	p.load.Live = event.Live
	t, err := s.runOne(ctx, p)
	if t != nil {
		run.Trials = append(run.Trials, *t)
		event.Trial = t
		s.notify(event)
	}
	return run, err
}
