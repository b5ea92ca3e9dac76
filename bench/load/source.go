package load

import (
	"slices"
	"time"

	"millpond/bench"
)

// attempt is one try at getting an arrival served. Times are on the clock of the
// load, in nanoseconds from its start.
type attempt struct {
	intended int64 // when the arrival was meant to be sent
	due      int64 // when this try was: later than intended only for a retry
	class    uint8 // which request of the workload
	tries    uint8 // earlier attempts
}

// source says what to send and when. A loop peeks, takes what is due, and
// reports how it ended.
type source interface {
	// peek returns the earliest attempt that was not taken yet; false if there is
	// none for now.
	peek() (attempt, bool)
	// take removes what peek returned.
	take()
	// ended reports the outcome of a taken attempt. It returns true when the
	// arrival will be tried again, so that its outcome is not final.
	ended(a attempt, o bench.Outcome, now int64) bool
	// stop ends the supply, and returns the arrivals that were to be tried again.
	stop() []attempt
	// exhausted tells that peek will never return anything again, unless an
	// attempt under way leads to another.
	exhausted() bool
}

var (
	_ source = (*openSource)(nil)
	_ source = (*closedSource)(nil)
	_ source = (*retrySource)(nil)
)

// openSource plays every stride-th arrival of a schedule, beginning at next.
type openSource struct {
	schedule schedule
	next     int
	stride   int
}

func (s *openSource) peek() (attempt, bool) {
	if s.next >= len(s.schedule.at) {
		return attempt{}, false
	}
	at := s.schedule.at[s.next]
	a := attempt{intended: at, due: at}
	if s.schedule.class != nil {
		a.class = s.schedule.class[s.next]
	}
	return a, true
}

func (s *openSource) take()                                    { s.next += s.stride }
func (s *openSource) ended(attempt, bench.Outcome, int64) bool { return false }
func (s *openSource) stop() []attempt {
	s.next = len(s.schedule.at)
	return nil
}
func (s *openSource) exhausted() bool { return s.next >= len(s.schedule.at) }

// refusedPause is how long a client of a closed loop waits after a refused
// connection or request. To refuse takes microseconds: without it nothing else
// would be done, and the capacity would be what is left beside that.
const refusedPause = int64(10 * time.Millisecond)

// closedSource is a number of clients that each send their next request when the
// last one has ended, until the load is over.
type closedSource struct {
	ready []int64 // since when the clients without a request are ready, oldest first
	end   int64
	class func() uint8
	next  uint8 // the class of the next request
}

// newClosedSource returns the source of so many clients, all ready at the start.
func newClosedSource(clients int, end int64, class func() uint8) *closedSource {
	return &closedSource{ready: make([]int64, clients), end: end, class: class, next: class()}
}

func (s *closedSource) peek() (attempt, bool) {
	if s.exhausted() {
		return attempt{}, false
	}
	return attempt{intended: s.ready[0], due: s.ready[0], class: s.next}, true
}

func (s *closedSource) take() {
	s.ready = s.ready[:copy(s.ready, s.ready[1:])]
	s.next = s.class()
}

func (s *closedSource) ended(_ attempt, o bench.Outcome, now int64) bool {
	if o == bench.Refused || o == bench.Shed {
		now += refusedPause
	}
	if now < s.end {
		at, _ := slices.BinarySearch(s.ready, now)
		s.ready = slices.Insert(s.ready, at, now)
	}
	return false
}

func (s *closedSource) stop() []attempt {
	s.ready, s.end = nil, 0
	return nil
}
func (s *closedSource) exhausted() bool { return len(s.ready) == 0 }
