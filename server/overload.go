package server

import (
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"millpond/pool"
)

// mostRetryAfter bounds what a refused client is told to wait.
const mostRetryAfter = 30 * time.Second

// estimateEvery is how old the estimate for Retry-After may be.
const estimateEvery = 250 * time.Millisecond

// An overload is what a server does while its pool is overloaded, beside what
// the pool does itself: it accepts within a budget, tells those whom it refuses
// when to come back, and says so in its log.
type overload struct {
	now    func() time.Duration // on the engine's clock
	load   func() pool.Load     // nil without a pool
	follow func(overloaded bool)
	log    *slog.Logger
	active atomic.Int32 // classes that are overloaded
	since  atomic.Int64 // when it began, on the engine's clock; 0 while calm

	asked    atomic.Int64  // when the estimate is to be made anew
	recovery atomic.Int64  // in how long those refused so far could have been served
	refusals atomic.Uint64 // that were told when to come back

	mu sync.Mutex // held while a change is followed
}

// trace adds what follows from an overload to the hooks of a user.
func (o *overload) trace(users *pool.Trace) *pool.Trace {
	t := pool.Trace{}
	if users != nil {
		t = *users
	}
	began, ended := t.OverloadBegan, t.OverloadEnded
	t.OverloadBegan = func(class string) {
		o.began(class)
		if began != nil {
			began(class)
		}
	}
	t.OverloadEnded = func(e pool.Episode) {
		o.ended(e)
		if ended != nil {
			ended(e)
		}
	}
	return &t
}

func (o *overload) began(class string) {
	o.log.Warn("overload began: there is more work than the workers can do, and some of it is refused", "class", class)
	if o.active.Add(1) == 1 {
		o.since.Store(max(1, int64(o.now())))
		o.changed()
	}
}

func (o *overload) ended(ep pool.Episode) {
	o.log.Info("overload ended", "class", ep.Class, "lasted", ep.Lasted.Round(time.Millisecond),
		"served", ep.Started, "refused", sum(ep.Rejected[:]), "dropped", sum(ep.Dropped[:]),
		"work_saved", ep.Saved.Round(time.Millisecond), "capacity", slog.StringValue(rate(ep.Capacity)))
	if o.active.Add(-1) == 0 {
		o.since.Store(0)
		o.changed()
	}
}

// changed has the acceptor follow the state. Changes may come in any order, so it
// looks at the state anew.
func (o *overload) changed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.follow(o.isActive())
}

func (o *overload) isActive() bool { return o.active.Load() > 0 }

// lastsFor is for how long the pool has been overloaded.
func (o *overload) lastsFor(now time.Duration) time.Duration {
	if since := o.since.Load(); since != 0 {
		return now - time.Duration(since)
	}
	return 0
}

// retryAfter is when a client that is refused should come back, in whole
// seconds: at any time until those who were refused in this episode could have
// been served twice over, so that those who come back are not the next wave. The
// time is now, or when the request came, as to read the clock would cost more
// than all the rest.
func (o *overload) retryAfter(now time.Duration) int {
	if o.load == nil {
		return 1 // there is no pool, and no overload that it knows of
	}
	if due := o.asked.Load(); int64(now) >= due && o.asked.CompareAndSwap(due, int64(now+estimateEvery)) {
		o.recovery.Store(int64(recovery(o.load())))
	}
	spread := 1 + int(2*time.Duration(o.recovery.Load())/time.Second)
	spread = min(spread, int(mostRetryAfter/time.Second))
	return 1 + int(o.refusals.Add(1)%uint64(spread))
}

// recovery is in how long those who were refused could be served at the rate at
// which others are.
func recovery(load pool.Load) time.Duration {
	if load.Capacity <= 0 || load.State != pool.Overloaded {
		return 0
	}
	seconds := float64(load.Refused) / load.Capacity
	return time.Duration(math.Min(seconds, mostRetryAfter.Seconds()) * float64(time.Second))
}

func sum(counters []uint64) (n uint64) {
	for _, c := range counters {
		n += c
	}
	return n
}

func rate(perSecond float64) string { return fmt.Sprintf("%.3g/s", perSecond) }
