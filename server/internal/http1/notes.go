package http1

// notes are what most requests have no use for.
type notes struct {
	route, traceID string // for the report
	timing         timing
}

// SetRoute names the route that has matched, in place of the Pattern of the
// request, for handlers that were given a copy of it.
func (x *Exchange) SetRoute(route string) { x.note(func(n *notes) { n.route = route }) }

// SetTraceID names the trace that the request is part of.
func (x *Exchange) SetTraceID(id string) { x.note(func(n *notes) { n.traceID = id }) }

// note has no effect once the exchange has ended.
func (x *Exchange) note(set func(*notes)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.state == done {
		return
	}
	if x.notes == nil {
		x.notes = new(notes)
	}
	set(x.notes)
}
