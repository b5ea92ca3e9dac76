package load

import (
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"millpond/bench"
)

// mostClasses is how many kinds of requests are counted apart.
const mostClasses = 32

// recorder collects what happened to the arrivals of one loop. It belongs to
// that loop alone, and is merged with the others' when they have ended.
type recorder struct {
	warmup int64
	until  int64 // when the load stops to count
	width  int64
	bins   []recordedBin

	offered     int64 // counted when an arrival is taken, apart from its outcome
	outcomes    bench.Outcomes
	answered    answered // by the time of the answer
	retries     int64
	statuses    [600]int64 // answers by status
	classes     int        // kinds of requests
	byClass     [mostClasses]bench.Outcomes
	served      *hdrhistogram.Histogram
	uncorrected *hdrhistogram.Histogram
	shed        *hdrhistogram.Histogram
	lag         *hdrhistogram.Histogram
	connect     *hdrhistogram.Histogram

	area     int64 // integral of the number in flight over what counts, ns
	lastMove int64

	// The following cover the warm-up too.
	all      bench.Outcomes
	attempts int64 // requests that got a connection
	answers  int64 // whole answers to them
	inFlight int64
	openBin  int // the bin whose end has not been reached
	dialled  int64
	open     int
	peakOpen int
	failure  error // the last reason for an unsent arrival
	giveUp   *giveUp

	live      *Live
	published bench.Outcomes // what live already knows
	flying    int64          // and of the number in flight
}

// Live shows a load while it runs. It is safe for concurrent use.
type Live struct {
	// Answered counts 2xx answers within the limit, Ended all arrivals that have
	// an outcome; both cover the warm-up too. InFlight is what is under way.
	Answered, Ended, InFlight atomic.Int64
}

// newRecorder returns a recorder for a load that counts for so much time,
// warm-up included.
func newRecorder(warmup, length, width time.Duration) *recorder {
	n := int((length + width - 1) / width)
	return &recorder{
		warmup: int64(warmup), until: int64(length), width: int64(width), bins: make([]recordedBin, max(n, 1)),
		served: bench.NewHDR(), uncorrected: bench.NewHDR(), shed: bench.NewHDR(), lag: bench.NewHDR(), connect: bench.NewHDR(),
	}
}

// bin returns the bin of a time that is shown.
func (r *recorder) bin(at int64) *recordedBin {
	return &r.bins[at/r.width]
}

// shown tells whether an arrival is in the series, or only keeps the load on
// while the last of those are under way.
func (r *recorder) shown(a attempt) bool { return a.intended < r.until }

// measured tells whether an arrival counts, or only warmed up.
func (r *recorder) measured(a attempt) bool { return a.intended >= r.warmup && r.shown(a) }

// settled tells whether every arrival that counts and was taken has ended.
func (r *recorder) settled() bool { return r.offered == r.outcomes.Sum() }

// taken records that the source has handed out an attempt.
func (r *recorder) taken(a attempt) {
	if !r.shown(a) {
		return
	}
	if a.tries > 0 {
		if a.due < r.until {
			r.bin(a.due).retries++
		}
		if r.measured(a) {
			r.retries++
		}
		return
	}
	r.bin(a.intended).offered++
	if r.measured(a) {
		r.offered++
	}
}

// withdrawn undoes taken for an arrival whose fate an interruption left open.
func (r *recorder) withdrawn(a attempt) {
	if !r.shown(a) {
		return
	}
	r.bin(a.intended).offered--
	if r.measured(a) {
		r.offered--
	}
}

// ended records the final outcome of an arrival. sent is when its last attempt
// was written.
func (r *recorder) ended(a attempt, o bench.Outcome, sent, now int64) {
	*r.all.Count(o)++
	if now < r.until && (o == bench.OK || o == bench.Late) {
		r.bin(now).answered.count(o)
		if now >= r.warmup {
			r.answered.count(o)
		}
	}
	if !r.shown(a) {
		return
	}
	b := r.bin(a.intended)
	*b.outcomes.Count(o)++
	if o == bench.OK || o == bench.Late {
		if b.latency == nil {
			b.latency = hdrhistogram.New(bench.HistogramLowest, bench.HistogramHighest, 2)
		}
		bench.Record(b.latency, now-a.intended)
	}
	if !r.measured(a) {
		return
	}
	*r.outcomes.Count(o)++
	if a.class < mostClasses {
		*r.byClass[a.class].Count(o)++
	}
	r.giveUp.note(o, now-a.intended)
	switch o {
	case bench.OK, bench.Late:
		bench.Record(r.served, now-a.intended)
		bench.Record(r.uncorrected, now-sent)
	case bench.Shed:
		bench.Record(r.shed, now-a.intended)
	}
}

// status records the status of an answer to a.
func (r *recorder) status(a attempt, status int) {
	if r.measured(a) {
		r.statuses[min(status, len(r.statuses)-1)]++
	}
}

// end makes the load end at a time before it was over, if now is one.
func (r *recorder) end(now int64) {
	r.until = min(r.until, max(now, r.warmup+int64(time.Millisecond)))
}

// move notes that the number in flight changes by n, which advances its integral.
func (r *recorder) move(now, n int64) {
	now = min(max(now, r.warmup), r.until)
	r.area += r.inFlight * (now - max(r.lastMove, r.warmup))
	r.lastMove = now
	r.inFlight += n
}

// meanInFlight is how many requests were under way on average while it counted.
func (r *recorder) meanInFlight() float64 {
	return float64(r.area) / float64(max(r.until-r.warmup, 1))
}

// tick closes the bins that have ended, and publishes the counts.
func (r *recorder) tick(now int64) {
	for r.openBin < len(r.bins) && now >= int64(r.openBin+1)*r.width {
		r.bins[r.openBin].inFlight = r.inFlight
		r.openBin++
	}
	if r.live == nil {
		return
	}
	if r.flying != r.inFlight {
		r.live.InFlight.Add(r.inFlight - r.flying)
		r.flying = r.inFlight
	}
	if r.all != r.published {
		r.live.Answered.Add(r.all.OK - r.published.OK)
		r.live.Ended.Add(r.all.Sum() - r.published.Sum())
		r.published = r.all
	}
}

// opened and closed count connections.
func (r *recorder) opened() {
	r.dialled++
	r.open++
	r.peakOpen = max(r.peakOpen, r.open)
}

func (r *recorder) closed() { r.open-- }
