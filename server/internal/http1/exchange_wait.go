package http1

import (
	"errors"
	"net/http"
	"os"
	"time"
)

// A direction is one of the two in which bytes go.
type direction uint8

const (
	reading direction = iota
	writing
)

// farOff is longer than anybody waits, and safe to add to any time.
const farOff = 100 * 365 * 24 * time.Hour

// waits are those for the client, most of it by direction.
type waits struct {
	watching bool             // the handler wants to know when the client leaves
	busy     [2]bool          // somebody is in there without mu
	wanted   [2]bool          // somebody waits to be next
	taken    [2]bool          // the deadline is the handler's
	recalled bool             // who reads ahead is to end, and sets the deadline again
	due      [2]time.Duration // on the clock; 0 is never
}

// turn waits, with mu held, until nobody is busy in that direction. It
// releases mu meanwhile, so that anything may have changed.
func (x *Exchange) turn(dir direction) {
	for x.busy[dir] {
		n := x.noted()
		if n.freed == nil {
			n.freed = make(chan struct{})
		}
		freed := n.freed
		x.wanted[dir] = true
		x.mu.Unlock()
		<-freed
		x.mu.Lock()
	}
}

// leave releases mu for a wait in that direction, which nobody else enters
// until the same goroutine calls enter.
func (x *Exchange) leave(dir direction) {
	x.busy[dir] = true
	x.mu.Unlock()
}

// enter locks mu again after leave.
func (x *Exchange) enter(dir direction) {
	x.mu.Lock()
	x.pass(dir)
}

// pass gives the turn in that direction to the next who wants it.
func (x *Exchange) pass(dir direction) {
	x.busy[dir], x.wanted[dir] = false, false
	if n := x.notes; n != nil && n.freed != nil {
		close(n.freed)
		n.freed = nil
	}
}

// setTimeouts has the timeouts of the request begin when its bytes came.
func (x *Exchange) setTimeouts() {
	if d := x.cfg.ReadTimeout; d > 0 {
		x.due[reading] = x.in.began + d
	}
	if d := x.cfg.WriteTimeout; d > 0 {
		x.due[writing] = x.in.latest + d
	}
}

// hurry gives that direction no more time than d from now.
func (x *Exchange) hurry(dir direction, d time.Duration) {
	if at := x.cfg.Clock.Now() + d; x.due[dir] == 0 || x.due[dir] > at {
		x.due[dir] = at
	}
}

// transfer reads to p or writes it, and waits for the client until that is due
// or its pace is too slow or, if the handler has set a deadline, until then. It
// is called without mu, by who is busy in that direction.
func (x *Exchange) transfer(dir direction, p []byte) (n int, err error) {
	switch {
	case x.isTaken(dir):
		return x.outside(dir, true, func() (int, error) { return dir.wait(x.t, p) })
	case x.isOverdue(dir):
		return 0, os.ErrDeadlineExceeded // even if there is no need to wait
	case !x.t.Waits():
		if n, err = dir.try(x.t, p); err != ErrWouldBlock {
			return n, err
		}
	}
	return x.outside(dir, x.t.Waits(), func() (int, error) {
		return x.await(dir, n, func(n int) (int, error) { return dir.wait(x.t, p[n:]) })
	})
}

// await is the waiting of transfer, which has moved n bytes: wait moves more. Where
// nothing bounds it, the deadlines of the transport are left to whoever sets them.
func (x *Exchange) await(dir direction, n int, wait func(n int) (int, error)) (int, error) {
	pace := x.pace(dir)
	bounded := !pace.Endless() || x.due[dir] != 0
	for pace.Left() > 0 && !x.isOverdue(dir) && !x.place.refused.Load() {
		start := x.cfg.Clock.Now()
		if bounded {
			at := start + min(pace.Left(), farOff)
			if due := x.due[dir]; due != 0 {
				at = min(at, due)
			}
			x.offerDeadline(dir, x.cfg.Clock.At(at))
		}
		more, err := wait(n)
		n += more
		pace.Waited(x.cfg.Clock.Now()-start, x.moved(dir, n))
		late := errors.Is(err, os.ErrDeadlineExceeded)
		if bounded || late {
			x.offerDeadline(dir, noDeadline)
		}
		if !late || !bounded || x.isTaken(dir) {
			return n, err
		}
	}
	return n, os.ErrDeadlineExceeded
}

// pace is that of the client, for whose turn it is in that direction: most clients
// are never waited for.
func (x *Exchange) pace(dir direction) *Pace {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := x.noted()
	if n.paces == nil {
		pace := NewPace(x.cfg.MinRate)
		n.paces = &[2]Pace{pace, pace}
	}
	return &n.paces[dir]
}

// moved is how many bytes the client has sent or taken, of which n are not in the
// counts yet.
func (x *Exchange) moved(dir direction, n int) int64 {
	if dir == reading {
		return x.body.reader.received + int64(n)
	}
	return x.out.Sent() + int64(n-x.t.Untaken())
}

// isOverdue reports whether the timeout in that direction has passed.
func (x *Exchange) isOverdue(dir direction) bool {
	return x.due[dir] != 0 && x.cfg.Clock.Now() >= x.due[dir]
}

func (dir direction) try(t Transport, p []byte) (int, error) {
	if dir == reading {
		return t.TryRead(p)
	}
	return t.TryWrite(p, nil)
}

func (dir direction) wait(t Transport, p []byte) (int, error) {
	if dir == reading {
		return t.Read(p)
	}
	return t.Write(p)
}

// late is why a call of the handler has no effect any more.
func (x *Exchange) late() error {
	switch {
	case x.notes != nil && x.notes.err != nil:
		return x.notes.err
	case x.state == hijacked:
		return http.ErrHijacked
	}
	return errReturned
}
