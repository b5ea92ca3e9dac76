package load

import "github.com/HdrHistogram/hdrhistogram-go"

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
