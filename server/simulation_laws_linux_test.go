package server

import (
	"fmt"

	"millpond/server/internal/poll"
)

// lawful checks what must hold whenever nothing moves, and reports whether it
// does.
func (w *world) lawful() bool {
	w.kernelMu.Lock()
	broken := len(w.faults) > 0
	w.kernelMu.Unlock()
	if broken {
		return false
	}
	w.engine.timers.mu.Lock() // what a timer sets off comes after this
	defer w.engine.timers.mu.Unlock()
	defer w.engine.pools.work.Stats() // and what the pool's timer does after its lock was taken here
	for _, law := range []func() string{w.lawOfAccounts, w.lawOfTimers, w.lawOfConns} {
		if fault := law(); fault != "" {
			w.broken(fault)
			return false
		}
	}
	return true
}

// lawOfAccounts is that every gauge says what there is.
func (w *world) lawOfAccounts() string {
	e := w.engine
	conns, live := e.conns.all(), w.live()
	if len(conns) != len(live) || len(conns) != e.conns.size() {
		return fmt.Sprintf("%d connections are in the table, of size %d, and %d descriptors are open", len(conns), e.conns.size(), len(live))
	}
	closed := uint64(0)
	for i := range e.counters.closed {
		closed += e.counters.closed[i].Load()
	}
	if accepted := e.counters.accepted.Load(); accepted != closed+uint64(len(conns)) {
		return fmt.Sprintf("%d were accepted, %d are open, and %d were closed", accepted, len(conns), closed)
	}
	var states [NumStates]int64
	inFlight := int64(0)
	for _, c := range conns {
		states[publicState[c.state]]++
		if c.request != nil && c.request.inFlight {
			inFlight++
		}
	}
	for s := range states {
		if n := e.counters.conns[s].Load(); n != states[s] {
			return fmt.Sprintf("%d connections are %v, and %d are counted", states[s], State(s), n)
		}
	}
	if n := e.counters.inFlight.Load(); n != inFlight {
		return fmt.Sprintf("%d requests are in flight, and %d are counted", inFlight, n)
	}
	if n := e.streams.now.Load(); n < 0 || n > e.streams.limit {
		return fmt.Sprintf("%d streams; want 0 to %d", n, e.streams.limit)
	}
	if n := e.http.Memory.Used(); n < 0 || n > 0 && len(conns) == 0 && w.atWork == 0 {
		return fmt.Sprintf("%d bytes are kept for %d connections and %d handlers", n, len(conns), w.atWork)
	}
	if n := e.counters.closed[ClosePanic].Load(); n > uint64(w.panics) {
		return fmt.Sprintf("%d connections were closed by panics, of which hooks had %d", n, w.panics)
	}
	return ""
}

// lawOfTimers is that the timers are those of open connections.
func (w *world) lawOfTimers() string {
	for s := range w.engine.timers.lists {
		l := &w.engine.timers.lists[s]
		if (l.first == nil) != (l.last == nil) || l.first != nil && l.alarm == nil {
			return fmt.Sprintf("the list of %v has no end, or no alarm", state(s))
		}
		for x := l.first; x != nil; x = x.next {
			switch c := x.owner; {
			case !x.armed || x.state != state(s) || x != &c.timer || x.next == nil && x != l.last || x.next != nil && x.next.prev != x:
				return fmt.Sprintf("the list of %v is torn", state(s))
			case c.engine.conns.get(c.slot) != c || c.state >= stateHijacked:
				return fmt.Sprintf("a connection that is %v has a timer", c.state)
			}
		}
	}
	return ""
}

// lawOfConns is that each connection has an owner, or will have one.
func (w *world) lawOfConns() string {
	w.kernelMu.Lock()
	defer w.kernelMu.Unlock()
	for _, s := range w.files {
		if s == nil || s.given {
			continue
		}
		if fault := w.lawOfConn(s); fault != "" {
			return fmt.Sprintf("%s, %v: %s", s.name, s.conn.state, fault)
		}
	}
	return ""
}

func (w *world) lawOfConn(s *simSocket) string {
	c := s.conn
	parked, owed := c.parking.Parked(), s.owed()
	switch {
	case w.engine.conns.get(c.slot) != c:
		return "it is not where the table should have it"
	case parked == 0 && c.state != stateQueued && c.state != stateBlocked && c.state != stateServing:
		return "it is not parked, and nobody owns it"
	case parked == 0:
		return ""
	case parked&poll.Readable != 0 && (len(s.in) > 0 || s.eof) && owed&poll.Readable == 0:
		return "it waits for input, which is there"
	case parked&poll.Writable != 0 && !s.full && owed&poll.Writable == 0:
		return "it waits for room, which is there"
	case s.dead && owed&poll.Reset == 0:
		return "it is parked, and will not learn that it is dead"
	case !c.timer.armed:
		return "it is parked without a timer"
	}
	return ""
}

// checkSettled checks that all has been done that needs no time.
func (w *world) checkSettled() {
	w.engine.timers.mu.Lock()
	defer w.engine.timers.mu.Unlock()
	for _, s := range w.live() {
		switch s.conn.state {
		case stateNew, stateReading, stateIdle, stateBuffering, stateLingering:
		default:
			w.broken(fmt.Sprintf("%s is %v, though handlers have returned and clients have taken all", s.name, s.conn.state))
		}
	}
	if w.atWork != 0 {
		w.broken(fmt.Sprintf("%d handlers run, though nothing holds them up", w.atWork))
	}
}

// checkEnded checks that everything was given back, and reported once.
func (w *world) checkEnded() {
	checkAccounts(w.t, w.Stats())
	if st := w.Stats(); st.Streams != 0 || st.BufferedBytes != 0 {
		w.broken(fmt.Sprintf("%d streams and %d bytes are left", st.Streams, st.BufferedBytes))
	}
	for fd, s := range w.files {
		if s != nil {
			w.broken(fmt.Sprintf("the descriptor %d of %s was never closed", fd, s.name))
		}
	}
	if w.done > w.begun+w.panics || w.done < w.begun-w.lost { // exactly as many where no hook panics
		w.broken(fmt.Sprintf("%d requests were begun, and %d reported", w.begun, w.done))
	}
	for id, n := range w.runs {
		if n != 1 || w.doneBy[id] != 1 {
			w.broken(fmt.Sprintf("%s was served %d times, and reported %d times", id, n, w.doneBy[id]))
		}
	}
	for nc, last := range w.shown {
		if last < 3 { // neither hijacked nor closed
			w.broken(fmt.Sprintf("ConnState was told last that %v is %v", nc, last))
		}
	}
	for _, c := range w.clients {
		c.checkAnswers()
	}
}

// A simView is what may change of a connection.
type simView struct {
	name    string
	state   state
	parked  poll.Signals
	signals poll.Signals
	calls   int
}

func (w *world) snapshot() (all []simView) {
	w.engine.timers.mu.Lock()
	defer w.engine.timers.mu.Unlock()
	for _, s := range w.live() {
		v := simView{s.name, s.conn.state, s.conn.parking.Parked(), 0, s.calls}
		for sig := poll.Readable; sig <= poll.Squeezed; sig <<= 1 {
			if s.conn.parking.Has(sig) {
				v.signals |= sig
			}
		}
		all = append(all, v)
	}
	return all
}
