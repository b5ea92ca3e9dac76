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
