package server

import (
	"fmt"
	"net/http"

	"millpond/pool"
)

// Control is the control lane: paths, matched exactly, that never wait behind
// work, and that Handler never sees. The probes are answered from prebuilt
// bytes by whoever reads the request; handlers run on two workers of their
// own. The zero Control reserves nothing.
type Control struct {
	// Live is the path of the liveness probe, which always gets a 200.
	Live string

	// Ready is the path of the readiness probe, which gets a 200, or a 503
	// once Shutdown has begun.
	Ready string

	// Handlers serve further paths.
	Handlers map[string]http.Handler
}

// The lane is small: it is for a scrape now and then.
var laneConfig = pool.Config{Workers: 2, Queue: 16}

func (ctl *Control) check() error {
	for path := range ctl.Handlers {
		if path == ctl.Live || path == ctl.Ready {
			return fmt.Errorf("server: Control.Handlers must not have the path of a probe, got %q", path)
		}
	}
	return nil
}

// routeControl returns the prebuilt answer to a request of the control lane.
// If it needs a handler, the request is marked for the lane instead.
func (e *engine) routeControl(in *inbound) *canned {
	ctl := &e.set.control
	h := &in.scan.head
	if ctl.Live == "" && ctl.Ready == "" && len(ctl.Handlers) == 0 {
		return nil
	}
	path := in.pending()[h.pathFrom:h.pathTo]
	probe := e.answers.live
	switch {
	case len(path) == 0:
		return nil
	case string(path) == ctl.Live:
	case string(path) == ctl.Ready:
		probe = e.answers.ready
		if e.draining.Load() {
			probe = e.answers.notReady
		}
	default:
		if handler, ok := ctl.Handlers[string(path)]; ok {
			in.handler, in.control = handler, true
		}
		return nil
	}
	if h.method != verbGet && h.method != verbHead {
		return e.answers.onlyGet
	}
	return probe
}
