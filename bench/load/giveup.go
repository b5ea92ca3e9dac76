package load

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"millpond/bench"
)

// Loss says when there is no point in going on with an open loop: when more
// than a share of all that it will offer failed, or took longer than a bound.
// Then an objective is lost whatever the rest of the load does.
type Loss struct {
	// Objective is what is lost, in words.
	Objective string
	Bound     time.Duration
	Share     float64
}

// giveUp watches for losses, for all loops of a load. A nil one does not.
type giveUp struct {
	stopped *atomic.Bool
	rules   []lossRule
	lost    atomic.Pointer[string]
}

type lossRule struct {
	Loss
	allowed int64
	missed  atomic.Int64
}

// newGiveUp watches a load of so many arrivals, and sets stopped when one of its
// objectives is lost.
func newGiveUp(losses []Loss, arrivals int, stopped *atomic.Bool) *giveUp {
	if len(losses) == 0 {
		return nil
	}
	g := &giveUp{stopped: stopped, rules: make([]lossRule, len(losses))}
	for i, l := range losses {
		g.rules[i].Loss, g.rules[i].allowed = l, int64(math.Ceil(l.Share*float64(arrivals)))
	}
	return g
}

// note takes an outcome in.
func (g *giveUp) note(o bench.Outcome, took int64) {
	if g == nil {
		return
	}
	for i := range g.rules {
		r := &g.rules[i]
		if bad := o > bench.Late || took > int64(r.Bound); bad && r.missed.Add(1) > r.allowed {
			g.lost.CompareAndSwap(nil, &r.Objective)
			g.stopped.Store(true)
		}
	}
}

// why says which objective was lost and when, empty if none was.
func (g *giveUp) why(r *recorder) string {
	if g == nil || g.lost.Load() == nil {
		return ""
	}
	return fmt.Sprintf("%s was lost after %v", *g.lost.Load(), time.Duration(r.until-r.warmup).Round(time.Millisecond))
}
