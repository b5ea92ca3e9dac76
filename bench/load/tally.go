package load

import (
	"errors"

	"github.com/HdrHistogram/hdrhistogram-go"

	"millpond/bench"
)

// tally counts what became of arrivals: of those in a bin, or of all that count.
type tally struct {
	offered  int64 // counted when an arrival is taken, apart from its outcome
	outcomes bench.Outcomes
	answered answered // by the time of the answer
	retries  int64
}

// answered counts 2xx answers by when they came: within the limit, and after it.
type answered struct{ ok, late int64 }

// count adds an answer.
func (n *answered) count(o bench.Outcome) {
	if o == bench.OK {
		n.ok++
	} else {
		n.late++
	}
}

func (t *tally) merge(o *tally) {
	t.offered += o.offered
	t.outcomes = t.outcomes.Plus(o.outcomes)
	t.answered = answered{t.answered.ok + o.answered.ok, t.answered.late + o.answered.late}
	t.retries += o.retries
}

// recordedBin is a Bin under construction.
type recordedBin struct {
	tally
	inFlight int64
	latency  *hdrhistogram.Histogram // coarse: two digits
}

func (b *recordedBin) merge(o *recordedBin) {
	b.tally.merge(&o.tally)
	b.inFlight += o.inFlight
	switch {
	case b.latency == nil:
		b.latency = o.latency
	case o.latency != nil:
		b.latency.Merge(o.latency)
	}
}

// mostClasses is how many kinds of requests are counted apart.
const mostClasses = 32

// kinds counts by what was asked for, and by what was answered.
type kinds struct {
	classes  int // kinds of requests
	byClass  [mostClasses]bench.Outcomes
	statuses [600]int64 // answers by status
}

func (k *kinds) merge(o *kinds) {
	for status, n := range o.statuses {
		k.statuses[status] += n
	}
	for i, n := range o.byClass {
		k.byClass[i] = k.byClass[i].Plus(n)
	}
}

// The distributions of [bench.Latency].
const (
	served = iota
	uncorrected
	shed
	sendLag
	connecting
)

// latencies are these distributions.
type latencies [connecting + 1]*hdrhistogram.Histogram

func newLatencies() (all latencies) {
	for i := range all {
		all[i] = bench.NewHDR()
	}
	return all
}

func (l *latencies) merge(o *latencies) {
	for i, h := range l {
		h.Merge(o[i])
	}
}

// fill encodes them.
func (l *latencies) fill(to *bench.Latency) error {
	var errs [len(l)]error
	for i, into := range []*bench.Histogram{&to.Served, &to.Uncorrected, &to.Shed, &to.Lag, &to.Connect} {
		*into, errs[i] = bench.NewHistogram(l[i])
	}
	return errors.Join(errs[:]...)
}
