package experiment

import (
	"context"

	"millpond/bench/process"
)

// subject is the server of one trial while it runs.
type subject struct {
	url  string
	pid  int // 0 if the process is not known
	args []string
	died func() string // how it ended, empty while it lives
}

// subject starts the server of a trial, or takes the one that runs. The returned
// function leaves it as it was.
func (s *Suite) subject(ctx context.Context, p spec) (subject, func(), error) {
	switch {
	case len(p.server.Command) > 0:
		proc, err := process.Start(ctx, p.server, p.workers, p.queue, s.Cores.Server)
		if err != nil {
			return subject{}, nil, err
		}
		return subject{proc.URL, proc.Group(), proc.Cmd.Args, proc.Died}, proc.Stop, nil
	case p.server.PID > 0:
		release, err := process.Adopt(p.server.PID, s.Cores.Server)
		died := func() string { return process.Gone(p.server.PID) }
		return subject{url: p.server.URL, pid: p.server.PID, died: died}, release, err
	}
	return subject{url: p.server.URL}, func() {}, nil
}
