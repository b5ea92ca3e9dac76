package experiment

import (
	"context"
	"errors"
	"sync"
	"time"

	"millpond/bench"
	"millpond/bench/load"
)

// togetherLength is the least length of loads that run at the same time: what one
// server costs beyond another is a small difference of large sums.
const togetherLength = 5 * time.Second

// runTogether runs trials at the same time, their servers on the same processors.
// Whatever disturbs one then disturbs all, and their differences can be told where
// those of trials in turns drown in the noise of the machine; so it is no fault of a
// trial that something else used the server's processor.
func (s *Suite) runTogether(ctx context.Context, run *bench.Run, specs []spec) error {
	if len(specs) == 0 {
		return nil
	}
	defer load.Quiet()()
	trials, errs := make([]*bench.Trial, len(specs)), make([]error, len(specs))
	events := make([]Event, len(specs))
	var line, all sync.WaitGroup
	line.Add(len(specs))
	for i, p := range specs {
		events[i] = s.event(p, len(run.Trials)+1+i, 0)
		p.load.Live = events[i].Live
		p.lineUp = sync.OnceFunc(func() {
			line.Done()
			line.Wait()
		})
		all.Go(func() {
			defer p.lineUp() // the others must not wait for one that has failed
			trials[i], errs[i] = s.runOne(ctx, p)
		})
	}
	s.notify(events[0])
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, t := range trials {
		run.Trials = append(run.Trials, *t)
		events[i].Trial = t
		s.notify(events[i])
	}
	return nil
}
