package load

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"millpond/bench"
)

// answered counts 2xx answers by when they came: within the limit, and after it.
type answered struct{ ok, late int64 }

// recordedBin is a Bin under construction.
type recordedBin struct {
	answered answered
	offered  int64
	outcomes bench.Outcomes
	retries  int64
	inFlight int64
	latency  *hdrhistogram.Histogram // coarse: two digits
}

// count adds an answer.
func (n *answered) count(o bench.Outcome) {
	if o == bench.OK {
		n.ok++
	} else {
		n.late++
	}
}

func (b *recordedBin) merge(o *recordedBin) {
	b.offered += o.offered
	b.outcomes = b.outcomes.Plus(o.outcomes)
	b.answered = answered{b.answered.ok + o.answered.ok, b.answered.late + o.answered.late}
	b.retries += o.retries
	b.inFlight += o.inFlight
	switch {
	case b.latency == nil:
		b.latency = o.latency
	case o.latency != nil:
		b.latency.Merge(o.latency)
	}
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

// merge adds what another loop recorded of the same load.
func (r *recorder) merge(o *recorder) {
	r.offered += o.offered
	r.outcomes = r.outcomes.Plus(o.outcomes)
	r.all = r.all.Plus(o.all)
	r.answered = answered{r.answered.ok + o.answered.ok, r.answered.late + o.answered.late}
	r.retries += o.retries
	r.until = max(r.until, o.until)
	for status, n := range o.statuses {
		r.statuses[status] += n
	}
	for i, n := range o.byClass {
		r.byClass[i] = r.byClass[i].Plus(n)
	}
	r.attempts += o.attempts
	r.answers += o.answers
	r.area += o.area
	r.dialled += o.dialled
	r.peakOpen += o.peakOpen
	if r.failure == nil {
		r.failure = o.failure
	}
	for _, h := range [][2]*hdrhistogram.Histogram{
		{r.served, o.served}, {r.uncorrected, o.uncorrected}, {r.shed, o.shed}, {r.lag, o.lag}, {r.connect, o.connect},
	} {
		h[0].Merge(h[1])
	}
	for i := range r.bins {
		r.bins[i].merge(&o.bins[i])
	}
}
