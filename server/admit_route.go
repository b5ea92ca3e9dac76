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
	path, method := r.in.Path(), r.in.Head().Method
	isGet := method == http1.VerbGet || method == http1.VerbHead
	if p := probe(ctl, e.probes, path, isGet, e.probes.ready[e.readiness()]); p != nil {
		r.origin = OriginControl
		return p
	}
	if handler, ok := ctl.Handlers[string(path)]; ok {
		r.handler, r.pool, r.origin = handler, e.pools.control, OriginControl
	}
	return nil
}

// readiness is what the probe for it says.
func (e *engine) readiness() Readiness {
	switch {
	case e.life.isDraining():
		return Draining
	case e.unreadyAfter > 0 && e.overload.lastsFor(e.now()) >= e.unreadyAfter:
		return Overloaded
	}
	return Ready
}
