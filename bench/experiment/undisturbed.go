package experiment

import (
	"context"
	"slices"

	"millpond/bench"
)

// mostTries is how often a trial is made at most, if something disturbs it.
const mostTries = 3

// disturbed tells whether a trial is invalid though the server has done no wrong.
func disturbed(t bench.Trial) bool { return !t.Validity.Valid && t.Fault == "" }

// undisturbed runs specs one at once after the other, and all of them again if
// something disturbed one. It returns the trials that count: the last ones, which
// may be invalid all the same.
func (s *Suite) undisturbed(ctx context.Context, run *bench.Run, specs ...spec) ([]bench.Trial, error) {
	for try := 1; ; try++ {
		begun := len(run.Trials)
		for _, p := range specs { // how many there will be is not known
			if err := s.runAll(ctx, run, []spec{p}); err != nil {
				return nil, err
			}
		}
		made := run.Trials[begun:]
		if try == mostTries || s.Cores.Shared() || !slices.ContainsFunc(made, disturbed) {
			return made, nil
		}
		for i := range made {
			made[i].Search = true // what counts is the next try
		}
	}
}
