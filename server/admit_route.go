package server

import "millpond/server/internal/http1"

// route decides who answers a request: it returns the answer to a probe, or
// nil when it has set the handler and the pool that it runs on.
func (e *engine) route(r *request) *http1.Prebuilt {
	r.handler, r.pool = e.handler, e.pools.work
	ctl := &e.control
	if ctl.Live == "" && ctl.Ready == "" && len(ctl.Handlers) == 0 {
		return nil
	}
	path := r.in.Path()
	answer := e.prebuilt.live
	switch {
	case len(path) == 0:
		return nil
	case string(path) == ctl.Live:
	case string(path) == ctl.Ready:
		answer = e.readiness()
	default:
		if handler, ok := ctl.Handlers[string(path)]; ok {
			r.handler, r.pool = handler, e.pools.control
		}
		return nil
	}
	if m := r.in.Head().Method; m != http1.VerbGet && m != http1.VerbHead {
		return e.prebuilt.onlyGet
	}
	return answer
}

// readiness is the answer to its probe.
func (e *engine) readiness() *http1.Prebuilt {
	switch {
	case e.life.isDraining():
		return e.prebuilt.notReady
	case e.unreadyAfter > 0 && e.overload.lastsFor(e.now()) >= e.unreadyAfter:
		return e.prebuilt.unready
	}
	return e.prebuilt.ready
}
