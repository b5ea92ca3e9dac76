package experiment

import (
	"context"

	"millpond/bench"
	"millpond/bench/load"
)

// Load puts one load on the first server. Its endpoint is made of the suite's
// workload.
func (s *Suite) Load(ctx context.Context, l load.Load) (bench.Run, error) {
	run := s.newRun("load")
	t, err := s.tell(ctx, spec{server: s.Servers[0], workers: s.Workers, queue: s.Queue, load: l}, 1, 1)
	if t != nil {
		run.Trials = append(run.Trials, *t)
	}
	return run, err
}
