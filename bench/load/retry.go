package load

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"millpond/bench"
)

// Retry is how a client tries again after a failure: a shed request, a timeout,
// a refused or broken connection, or a 5xx answer. The zero Retry never does.
type Retry struct {
	// Max is the most attempts beyond the first.
	Max int
	// Backoff is the mean pause before the first retry; it doubles each time.
	// The pause is drawn evenly from 0.5 to 1.5 times that.
	Backoff time.Duration
	// Budget caps retries at this share of arrivals, as a token bucket does that
	// starts with ten tokens; 0 means no cap.
	Budget float64
}

// retrySource adds retries to the arrivals of another source.
type retrySource struct {
	source
	policy  Retry
	random  *rand.Rand
	waiting attemptHeap
	tokens  float64
}

func newRetrySource(s source, policy Retry, seed uint64) *retrySource {
	return &retrySource{source: s, policy: policy, random: rand.New(rand.NewPCG(seed, 3)), tokens: 10}
}

func (s *retrySource) peek() (attempt, bool) {
	a, ok := s.source.peek()
	if len(s.waiting) > 0 && (!ok || s.waiting[0].due < a.due) {
		return s.waiting[0], true
	}
	return a, ok
}

func (s *retrySource) take() {
	if a, ok := s.peek(); ok && a.tries > 0 {
		heap.Pop(&s.waiting)
		return
	}
	s.tokens += s.policy.Budget
	s.source.take()
}

func (s *retrySource) ended(a attempt, o bench.Outcome, now int64) bool {
	s.source.ended(a, o, now)
	if o == bench.OK || o == bench.Late || int(a.tries) >= s.policy.Max {
		return false
	}
	if s.policy.Budget > 0 {
		if s.tokens < 1 {
			return false
		}
		s.tokens--
	}
	pause := float64(s.policy.Backoff) * float64(int64(1)<<a.tries) * (0.5 + s.random.Float64())
	a.due = now + int64(pause)
	a.tries++
	heap.Push(&s.waiting, a)
	return true
}

func (s *retrySource) stop() []attempt {
	left := s.waiting
	s.waiting = nil
	return append(left, s.source.stop()...)
}

func (s *retrySource) exhausted() bool { return s.source.exhausted() && len(s.waiting) == 0 }

// attemptHeap orders attempts by due time.
type attemptHeap []attempt

func (h attemptHeap) Len() int           { return len(h) }
func (h attemptHeap) Less(i, j int) bool { return h[i].due < h[j].due }
func (h attemptHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *attemptHeap) Push(x any)        { *h = append(*h, x.(attempt)) }
func (h *attemptHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
