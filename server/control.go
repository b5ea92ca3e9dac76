package server

import (
	"fmt"
	"net/http"

	"millpond/pool"
)

// Control is the control lane: paths, matched exactly, that never wait for
// a worker, and that Handler never sees. The probes are answered from prebuilt
// bytes by whoever reads the request; handlers run on two workers of their
// own. The zero Control reserves nothing.
type Control struct {
	// Live is the path of the liveness probe, which always gets a 200.
	Live string

	// Ready is the path of the readiness probe, which gets a 200, or a 503
	// once Shutdown has begun, and after Server.UnreadyAfter.
	Ready string

	// Handlers serve further paths.
	Handlers map[string]http.Handler
}

// The control pool is small: it is for a scrape now and then.
var controlPool = pool.Config{Workers: 2, Queue: 16}

func (ctl *Control) check() error {
	for path := range ctl.Handlers {
		if path == ctl.Live || path == ctl.Ready {
			return fmt.Errorf("server: Control.Handlers must not have the path of a probe, got %q", path)
		}
	}
	return nil
}
