package server

import (
	"time"

	"millpond/pool"
)

// Stats is a snapshot of a Server. The pool's part is consistent in itself;
// the rest is read counter by counter.
type Stats struct {
	Pool          pool.Stats // zero in the models without a pool
	Conns         [NumStates]int
	InFlight      int // requests read and not yet answered
	Accepted      uint64
	Closed        [NumCloseReasons]uint64
	AcceptErrors  [NumAcceptErrors]uint64
	AcceptPaused  time.Duration // that accepting was stopped by MaxConns, a full queue or a failure
	BadRequests   [NumBadReasons]uint64
	Shed          [NumShedReasons]uint64
	BadTimeouts   uint64 // requests whose X-Request-Timeout was malformed, and ignored
	ReceivedBytes uint64
	SentBytes     uint64
	LogDropped    uint64 // records that the log did not take in time, or that were too many
	Streams       int    // handlers without a place in the pool; at most Server.Streams
	BufferedBytes int64  // kept for slow clients; at most BufferMemory
	Draining      bool
	Backlogs      []Backlog // of the listeners that show theirs: TCP on Linux
}

// Open is the number of open connections.
func (s Stats) Open() int {
	n := 0
	for _, c := range s.Conns {
		n += c
	}
	return n
}

// Stats returns a snapshot. It is safe for concurrent use, at any time in the
// Server's life, and costs microseconds: it is meant for a scrape.
func (s *Server) Stats() Stats {
	e := s.started()
	if e == nil {
		return Stats{}
	}
	c := &e.counters
	st := Stats{
		InFlight:      int(c.inFlight.Load()),
		Accepted:      c.accepted.Load(),
		AcceptPaused:  e.gate.pausedFor(),
		ReceivedBytes: c.received.Load(),
		SentBytes:     c.sent.Load(),
		BadTimeouts:   c.badTimeouts.Load(),
		LogDropped:    e.logs.lost(),
		Streams:       int(e.streams.now.Load()),
		BufferedBytes: e.http.Memory.Used(),
		Draining:      e.life.isDraining(),
		Backlogs:      backlogs(&e.life),
	}
	if e.pools.work != nil {
		st.Pool = e.pools.work.Stats()
	}
	for i := range c.conns {
		st.Conns[i] = int(c.conns[i].Load())
	}
	read(st.Closed[:], c.closed[:])
	read(st.AcceptErrors[:], c.acceptErrors[:])
	read(st.BadRequests[:], c.bad[:])
	read(st.Shed[:], c.shed[:])
	return st
}

// Readiness is what the readiness probe says now. It is safe for concurrent use.
func (s *Server) Readiness() Readiness {
	if e := s.started(); e != nil {
		return e.readiness()
	}
	return Ready
}
