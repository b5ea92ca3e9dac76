package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"millpond/bench/load"
	"millpond/bench/process"
)

const (
	// greetings is how many requests a server may fail before it is given up.
	greetings = 3
	// greetTimeout is the least time that it has for each.
	greetTimeout = 2 * time.Second
)

// greet asks every server for what the workload is about, before any load: one
// that serves nobody at all is told in one sentence, and not after minutes.
func (s *Suite) greet(ctx context.Context) error {
	for _, server := range s.Servers {
		if err := s.greetOne(ctx, server); err != nil {
			return err
		}
	}
	return nil
}

func (s *Suite) greetOne(ctx context.Context, server process.Server) error {
	url := server.URL
	if len(server.Command) > 0 {
		p, err := process.Start(ctx, server, max(s.Workers, 1), max(s.Queue, 1), s.Cores.Server)
		if err != nil {
			return err
		}
		defer p.Stop()
		url = p.URL
	}
	endpoint, err := load.NewEndpoint(ctx, url, s.Workload.Requests...)
	if err != nil {
		return err
	}
	for range greetings {
		err = endpoint.Ask(ctx, max(s.Timeout, greetTimeout))
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, context.DeadlineExceeded) {
			break // it hangs: no need to wait once more
		}
	}
	return fmt.Errorf("%s serves nothing: %w", server.Name, err)
}
