package http1

import "sync/atomic"

// A Budget bounds the memory that is kept for clients that are slow to send, or
// to take what they asked for: one for all of a server. It is safe for
// concurrent use.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget returns a budget of so many bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Used is the number of bytes that are taken.
func (b *Budget) Used() int64 { return b.used.Load() }

// Exceeded reports whether more is taken than there is.
func (b *Budget) Exceeded() bool { return b.Used() > b.limit }

// An account is what one owner has taken of a budget. It is not safe for
// concurrent use.
type account struct {
	budget *Budget
	taken  int
}

// ask makes n bytes the size of the account, if the budget has room for what
// that adds.
func (a *account) ask(b *Budget, n int) bool {
	more := int64(n - a.taken)
	if more > 0 && b.used.Add(more) > b.limit {
		b.used.Add(-more)
		return false
	}
	if more < 0 {
		b.used.Add(more)
	}
	a.budget, a.taken = b, n
	return true
}

// claim makes n bytes the size of the account, even if the budget is exceeded.
func (a *account) claim(b *Budget, n int) {
	b.used.Add(int64(n - a.taken))
	a.budget, a.taken = b, n
}

// close gives back what was taken.
func (a *account) close() {
	if a.taken > 0 {
		a.budget.used.Add(-int64(a.taken))
		a.taken = 0
	}
}
