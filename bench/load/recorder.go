package load

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"millpond/bench"
)

// recorder collects what happened to the arrivals of one loop. It belongs to
// that loop alone, and is merged with the others' when they have ended.
type recorder struct {
	span
	bins    []recordedBin
	openBin int // the bin whose end has not been reached

	tally // of what counts, as kinds and latencies are
	kinds
	latencies
	flight
	whole
	failure error // the last reason for an unsent arrival
	broken  error // what was wrong with the first answer that is not HTTP
	giveUp  *giveUp
	show    display
}

// span is when a load counts, in steps of a width.
type span struct{ warmup, until, width int64 }

// flight is what is under way.
type flight struct {
	area     int64 // integral of the number in flight over what counts, ns
	lastMove int64
	inFlight int64
}

// whole is counted over the warm-up too.
type whole struct {
	all      bench.Outcomes
	attempts int64 // requests that got a connection
	answers  int64 // whole answers to them
	dialled  int64 // connections
	open     int
	peakOpen int
}

func (w *whole) merge(o *whole) {
	w.all = w.all.Plus(o.all)
	w.attempts += o.attempts
	w.answers += o.answers
	w.dialled += o.dialled
	w.peakOpen += o.peakOpen
}

// newRecorder returns a recorder for a load that counts for so much time,
// warm-up included.
func newRecorder(warmup, length, width time.Duration) *recorder {
	n := int((length + width - 1) / width)
	return &recorder{
		span: span{int64(warmup), int64(length), int64(width)}, bins: make([]recordedBin, max(n, 1)), latencies: newLatencies(),
	}
}

// merge adds what another loop recorded of the same load.
func (r *recorder) merge(o *recorder) {
	r.until = max(r.until, o.until)
	for i := range r.bins {
		r.bins[i].merge(&o.bins[i])
	}
	r.tally.merge(&o.tally)
	r.kinds.merge(&o.kinds)
	r.latencies.merge(&o.latencies)
	r.area += o.area
	r.whole.merge(&o.whole)
	r.failure, r.broken = cmp.Or(r.failure, o.failure), cmp.Or(r.broken, o.broken)
}

// series is the JSON form of the bins, on a clock that starts after the warm-up.
func (r *recorder) series() []bench.Bin {
	begun := min(int((r.until+r.width-1)/r.width), len(r.bins))
	out := make([]bench.Bin, begun)
	for i, b := range r.bins[:begun] {
		out[i] = bench.Bin{
			At: bench.Seconds(int64(i)*r.width - r.warmup), Offered: b.offered, Outcomes: b.outcomes, Answered: b.answered.ok,
			Retries: b.retries, InFlight: b.inFlight,
		}
		if b.latency != nil {
			out[i].P99 = bench.Known(bench.Seconds(b.latency.ValueAtQuantile(99)))
		}
	}
	return out
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
		bench.Record(r.latencies[served], now-a.intended)
		bench.Record(r.latencies[uncorrected], now-sent)
	case bench.Shed:
		bench.Record(r.latencies[shed], now-a.intended)
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
	r.show.update(r.inFlight, r.all.OK)
}

// started records that an attempt got a connection, so much later than it could
// have. answer records that it was answered.
func (r *recorder) started(a attempt, late int64) {
	r.attempts++
	if r.measured(a) {
		bench.Record(r.latencies[sendLag], late)
	}
}

func (r *recorder) answer() { r.answers++ }

// misread keeps what was wrong with an answer, and what it says, if it is the first.
func (r *recorder) misread(err error, b []byte) {
	if r.broken == nil {
		line, _, _ := strings.Cut(string(b[:min(len(b), 60)]), "\n")
		r.broken = fmt.Errorf("%w: %q", err, strings.TrimSpace(line))
	}
}

// connected records how long it took to open a connection.
func (r *recorder) connected(took int64) { bench.Record(r.latencies[connecting], took) }

// opened and closed count connections.
func (r *recorder) opened() {
	r.dialled++
	r.open++
	r.peakOpen = max(r.peakOpen, r.open)
}

func (r *recorder) closed() { r.open-- }
