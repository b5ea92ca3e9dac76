package upstream

import (
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

const (
	outAfter = 2                // failed connections in a row
	outFirst = time.Second      // for which a backend is out at first
	outMost  = 30 * time.Second // for which it is out at most
)

// backends are where the requests of a Handler may go. What changes of them
// is under one lock, so that a snapshot is consistent.
type backends struct {
	trace *Trace
	log   *slog.Logger

	mu       sync.Mutex // guards the fields below, and those of each backend
	all      []*backend
	inFlight int
	retries  uint64
	outcomes [NumOutcomes]uint64
}

// health is what is known of a backend from connecting to it.
type health struct {
	failures int           // to connect, in a row
	pause    time.Duration // for which it was last put out; 0 if it is in
	until    time.Time     // when it may be tried again
	trying   bool          // a request is trying it again
}

// fit reports whether requests should go to the backend.
func (s *health) fit(now time.Time) bool {
	return s.pause == 0 || !s.trying && !now.Before(s.until)
}

// An attempt is what a request learnt of its backend.
type attempt uint8

const (
	attemptReached     attempt = iota // it is there
	attemptUnreachable                // it cannot be connected to
	attemptUnknown                    // the request ended before that was known
)

// choose takes the fit backend with the fewest requests in flight that is not
// in tried, a random one among equals. If none is fit it takes the one whose
// time out ends first; if all have been tried it returns nil.
func (g *backends) choose(tried []*backend) *backend {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	var best *backend
	equals := 0
	for _, b := range g.all {
		if slices.Contains(tried, b) {
			continue
		}
		switch order := compare(b, best, now); {
		case order < 0:
			best, equals = b, 1
		case order == 0:
			if equals++; rand.IntN(equals) == 0 {
				best = b
			}
		}
	}
	if best == nil {
		return nil
	}
	best.inFlight++
	best.requests++
	best.health.trying = best.health.pause > 0 && best.health.fit(now)
	return best
}

// compare is negative if b is to be preferred to the best so far, and 0 if
// neither is.
func compare(b, best *backend, now time.Time) int {
	if best == nil {
		return -1
	}
	fit, other := b.health.fit(now), best.health.fit(now)
	switch {
	case fit && !other:
		return -1
	case other && !fit:
		return 1
	case fit:
		return b.inFlight - best.inFlight
	}
	return b.health.until.Compare(best.health.until)
}

// judge puts a backend out, or in again, by what a request learnt of it.
func (g *backends) judge(b *backend, a attempt, err error) {
	g.mu.Lock()
	before := b.health.pause
	b.judge(a, time.Now())
	after := b.health.pause
	g.mu.Unlock()

	switch {
	case after > before:
		g.log.Warn("backend is out", "backend", b.name, "for", after, "err", err)
		if g.trace.Out != nil {
			g.trace.Out(b.name, after, err)
		}
	case after < before:
		g.log.Warn("backend is back", "backend", b.name)
		if g.trace.Back != nil {
			g.trace.Back(b.name)
		}
	}
}

// judge is called with the lock of backends held.
func (b *backend) judge(a attempt, now time.Time) {
	s := &b.health
	switch a {
	case attemptReached:
		*s = health{}
	case attemptUnknown:
		s.trying = false
	case attemptUnreachable:
		b.unreachable++
		s.failures++
		// Those that were under way when it was put out say nothing new.
		if s.pause == 0 && s.failures >= outAfter || s.pause > 0 && !now.Before(s.until) {
			s.pause = min(max(2*s.pause, outFirst), outMost)
			s.until = now.Add(s.pause)
		}
		s.trying = false
	}
}

// leave ends what choose began.
func (g *backends) leave(b *backend) {
	g.mu.Lock()
	b.inFlight--
	g.mu.Unlock()
}

// begin counts a request in, and end counts it out.
func (g *backends) begin() {
	g.mu.Lock()
	g.inFlight++
	g.mu.Unlock()
}

func (g *backends) end(b *backend, o Outcome, retries int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--
	g.outcomes[o]++
	g.retries += uint64(retries)
	if b != nil {
		b.inFlight--
	}
}
