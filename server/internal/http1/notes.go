package http1

import "time"

// notes are what most requests have no use for.
type notes struct {
	route, traceID string // for the report
	timing         timing
	paces          *[2]Pace      // of the client, made by pace
	freed          chan struct{} // closed when one of waits.busy ends; made by who waits for that
	deadline       time.Time     // for reading, by the handler
	err            error         // why the response failed
	caught         *caught
}

// caught is what a handler panicked with, and where.
type caught struct {
	value any
	stack []byte
}

// noted is the notes of x, to be written to. It is called with mu held.
func (x *Exchange) noted() *notes {
	if x.notes == nil {
		x.notes = new(notes)
	}
	return x.notes
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
	set(x.noted())
}
