package http1

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

const (
	// much is from where on memory that was given back is returned to the
	// system, which the runtime does by and by only if there are allocations.
	much = 32 << 20

	// sweepAfter keeps that from being done all the time.
	sweepAfter = time.Second
)

// A Budget bounds the memory that is kept for clients that are slow to send, or
// to take what they asked for: one for all of a server. It is safe for
// concurrent use.
type Budget struct {
	limit int64
	used  atomic.Int64
	peak  atomic.Int64 // since the last sweep; may be missed by a little
	sweep atomic.Bool  // one is due
}

// NewBudget returns a budget of so many bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Used is the number of bytes that are taken.
func (b *Budget) Used() int64 { return b.used.Load() }

// take takes n bytes, and reports whether there was room for them.
func (b *Budget) take(n int) bool {
	used := b.used.Add(int64(n))
	if used > b.peak.Load() {
		b.peak.Store(used)
	}
	return used <= b.limit
}

// give gives n bytes back.
func (b *Budget) give(n int) {
	used, peak := b.used.Add(-int64(n)), b.peak.Load()
	if peak < much || used > peak/4 || !b.sweep.CompareAndSwap(false, true) {
		return
	}
	b.peak.Store(used)
	time.AfterFunc(sweepAfter, func() {
		b.sweep.Store(false)
		runtime.GC() // pools keep what they have over one collection
		debug.FreeOSMemory()
	})
}

// An account is what one owner has taken of a budget. It is not safe for
// concurrent use.
type account struct {
	budget *Budget
	taken  int
}

// ask makes n bytes the size of the account, if the budget has room for what
// that adds.
func (a *account) ask(b *Budget, n int) bool {
	if more := n - a.taken; more > 0 && !b.take(more) {
		b.give(more)
		return false
	} else if more < 0 {
		b.give(-more)
	}
	a.budget, a.taken = b, n
	return true
}

// claim makes n bytes the size of the account, even if the budget is exceeded.
func (a *account) claim(b *Budget, n int) {
	if more := n - a.taken; more > 0 {
		b.take(more)
	} else if more < 0 {
		b.give(-more)
	}
	a.budget, a.taken = b, n
}

// close gives back what was taken.
func (a *account) close() {
	if a.taken > 0 {
		a.budget.give(a.taken)
		a.taken = 0
	}
}
