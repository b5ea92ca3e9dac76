package balance

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"millpond/pool"
	"millpond/server"
)

const (
	every = time.Second / 4 // between two looks at the server

	// smooth is the share that one look has in the load, which so follows within
	// a second, and slowness the time within which the weight does.
	smooth   = 0.25
	slowness = 30 * time.Second

	// fullWait is what the oldest request waits when a server is fully used: the
	// adaptive discipline refuses soon after.
	fullWait = 125 * time.Millisecond

	// The weight is full up to the load of roomy, and least from that of full on.
	roomy, full = 0.9, 1.2
	leastWeight = 0.01

	// mostRefused bounds the load, which else has no bound.
	mostRefused = 0.95
)

// A Reading is how a server fares, of late.
type Reading struct {
	State server.Readiness

	Load      float64 // share of its capacity that is asked for; above 1 it refuses
	Weight    float64 // share of the requests that it should get, from 0.01 to 1
	PerSecond float64 // requests
	Refused   float64 // of these, a second
	Waiting   int     // requests in the queue
}

// A source is what is measured: a *server.Server.
type source interface {
	Stats() server.Stats
	Readiness() server.Readiness
}

// A Meter watches a server that has a pool. It is safe for concurrent use.
type Meter struct {
	of   source
	stop chan struct{}
	done chan struct{}

	mu     sync.Mutex // guards these
	last   pool.Stats
	at     time.Time
	now    Reading
	weight float64 // logarithm of that
	born   time.Time
	told   int // answers to agent-checks

	orca   atomic.Pointer[headers] // made for now
	agents chan struct{}           // holds a token for each connection
}

// New watches srv, a *server.Server, by looking at it four times a second. Close
// ends that.
func New(srv source) *Meter {
	m := &Meter{of: srv, stop: make(chan struct{}), done: make(chan struct{}), agents: make(chan struct{}, mostAgents)}
	m.last, m.at = srv.Stats().Pool, time.Now()
	m.born = m.at
	m.now.Weight = 1
	m.orca.Store(m.now.headers())
	go m.watch()
	return m
}

// Close ends the watch. Readings stay what they were.
func (m *Meter) Close() {
	close(m.stop)
	<-m.done
}

// Reading is the latest one.
func (m *Meter) Reading() Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.now
	r.State = m.of.Readiness()
	return r
}

func (m *Meter) watch() {
	defer close(m.done)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.look()
		case <-m.stop:
			return
		}
	}
}

// look takes a reading.
func (m *Meter) look() {
	s, at := m.of.Stats().Pool, time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	took := at.Sub(m.at)
	if took <= 0 {
		return
	}
	came, refused := s.Submitted-m.last.Submitted, lost(&s)-lost(&m.last)
	m.now.Load += smooth * (load(&s, s.Busy-m.last.Busy, took, came, refused) - m.now.Load)
	m.now.PerSecond += smooth * (float64(came)/took.Seconds() - m.now.PerSecond)
	m.now.Refused += smooth * (float64(refused)/took.Seconds() - m.now.Refused)
	m.now.Waiting = s.Waiting
	m.weight += (math.Log(weight(m.now.Load)) - m.weight) * min(1, took.Seconds()/slowness.Seconds())
	m.now.Weight = math.Exp(m.weight)
	m.last, m.at = s, at
	m.orca.Store(m.now.headers())
}

// lost are the tasks that were not run.
func lost(s *pool.Stats) (n uint64) {
	for _, r := range s.Rejected {
		n += r
	}
	for _, d := range s.Dropped {
		n += d
	}
	return n
}

// load is that over a time in which workers were busy for so long, and so many
// requests came and were refused.
func load(s *pool.Stats, busy, took time.Duration, came, refused uint64) float64 {
	used := busy.Seconds() / took.Seconds() / float64(max(s.Workers, 1))
	used = max(used, s.OldestWaiting.Seconds()/fullWait.Seconds())
	gone := float64(refused) / float64(max(came, refused, 1))
	return min(used, 1) / (1 - min(gone, mostRefused))
}

// weight is what a server with that load should have in the end.
func weight(load float64) float64 {
	at := math.Log(load/roomy) / math.Log(full/roomy) // 0 at roomy, 1 at full
	return math.Pow(leastWeight, min(max(at, 0), 1))
}
