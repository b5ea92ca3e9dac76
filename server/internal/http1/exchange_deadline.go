package http1

import "time"

var (
	noDeadline = time.Time{}
	longAgo    = time.Unix(1, 0)
)

func (dir direction) setDeadline(t Transport, at time.Time) error {
	if dir == reading {
		return t.SetReadDeadline(at)
	}
	return t.SetWriteDeadline(at)
}

func (x *Exchange) isTaken(dir direction) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.taken[dir]
}

// offerDeadline sets a deadline unless the handler has taken it over.
func (x *Exchange) offerDeadline(dir direction, at time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.taken[dir] {
		dir.setDeadline(x.t, at)
	}
}

// revoke takes the transport from the handler: who is in a Read of the body is
// interrupted, and no deadline stays. It is called with mu held, when the
// state keeps everybody from beginning to read.
func (x *Exchange) revoke() {
	if x.busy[reading] {
		x.taken[reading] = true // no other deadline is offered in place of this one
		x.t.SetReadDeadline(longAgo)
		x.turn(reading)
	}
	for dir := range x.taken {
		if x.taken[dir] {
			x.taken[dir] = false
			direction(dir).setDeadline(x.t, noDeadline)
		}
	}
}

// SetReadDeadline is for http.ResponseController. It replaces ReadTimeout for
// this request.
func (x *Exchange) SetReadDeadline(at time.Time) error { return x.takeDeadline(reading, at) }

// SetWriteDeadline is for http.ResponseController. It replaces WriteTimeout
// for this response, also for a Write that waits now.
func (x *Exchange) SetWriteDeadline(at time.Time) error { return x.takeDeadline(writing, at) }

func (x *Exchange) takeDeadline(dir direction, at time.Time) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.state >= hijacked {
		return x.late()
	}
	x.taken[dir] = true
	if dir == reading {
		x.noted().deadline = at
	}
	if dir == reading && x.recalled {
		return nil
	}
	return dir.setDeadline(x.t, at)
}

// readDeadline is that of the handler, if it has set one.
func (x *Exchange) readDeadline() time.Time {
	if !x.taken[reading] {
		return noDeadline
	}
	return x.notes.deadline
}
