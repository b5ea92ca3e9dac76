package bench

import (
	"cmp"
	"math"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// cell is all trials of one target in one phase: a point in a chart, a row in a
// table.
type cell struct {
	target, phase string
	trials        []Trial
}

// cells groups the trials of r, without those that measured its capacity, by
// target and phase: targets in the order of targets, phases by load.
func (r *Run) cells() []cell {
	type key struct{ target, phase string }
	groups := map[key][]Trial{}
	for _, t := range r.Trials {
		if t.Phase != PhaseCapacity {
			k := key{t.Target, t.Phase}
			groups[k] = append(groups[k], t)
		}
	}
	all := make([]cell, 0, len(groups))
	for k, trials := range groups {
		slices.SortStableFunc(trials, func(a, b Trial) int { return cmp.Compare(a.Repeat, b.Repeat) })
		all = append(all, cell{k.target, k.phase, trials})
	}
	order := r.targets()
	slices.SortFunc(all, func(a, b cell) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.target), slices.Index(order, b.target)),
			cmp.Compare(a.rate(), b.rate()),
			cmp.Compare(a.trials[0].Workers, b.trials[0].Workers),
			cmp.Compare(a.phase, b.phase))
	})
	return all
}

// modelOrder is how millpond's own models are listed, the subject first.
var modelOrder = []string{"pool", "goroutine", "thread", "nethttp"}

// targets lists what was measured: millpond's models first, then the others by
// name. Trials run in random order, so the order of appearance says nothing.
func (r *Run) targets() []string {
	var names []string
	for _, t := range r.Trials {
		if t.Phase != PhaseCapacity && !slices.Contains(names, t.Target) {
			names = append(names, t.Target)
		}
	}
	rank := func(name string) int {
		if i := slices.Index(modelOrder, name); i >= 0 {
			return i
		}
		return len(modelOrder)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return names
}

func (c cell) rate() float64     { return c.trials[0].Rate }
func (c cell) multiple() float64 { return c.trials[0].Multiple }

// valid is false if any trial is invalid. Leaving those out instead would favour
// the target that disturbs the measurement most.
func (c cell) valid() bool {
	return !slices.ContainsFunc(c.trials, func(t Trial) bool { return !t.Validity.Valid })
}

// diverging reports that at least half of the trials had no steady state.
func (c cell) diverging() bool {
	n := 0
	for _, t := range c.trials {
		if t.Validity.Diverging {
			n++
		}
	}
	return 2*n >= len(c.trials)
}

// outcomes adds up the outcomes of all trials.
func (c cell) outcomes() Outcomes {
	var sum Outcomes
	for _, t := range c.trials {
		sum = sum.plus(t.Outcomes)
	}
	return sum
}

func (o Outcomes) plus(p Outcomes) Outcomes {
	return Outcomes{
		OK: o.OK + p.OK, Late: o.Late + p.Late, Shed: o.Shed + p.Shed, Error: o.Error + p.Error,
		Timeout: o.Timeout + p.Timeout, Refused: o.Refused + p.Refused, Reset: o.Reset + p.Reset, Unsent: o.Unsent + p.Unsent,
	}
}

// each estimates a figure from its value in every trial. Trials for which it is
// NaN are left out.
func (c cell) each(figure func(Trial) float64) estimate {
	values := make([]float64, 0, len(c.trials))
	for _, t := range c.trials {
		if v := figure(t); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return estimateOf(values)
}

func (c cell) goodput() estimate {
	return c.each(func(t Trial) float64 { return t.Goodput })
}

// server estimates a figure of the server process; trials without one are left
// out.
func (c cell) server(figure func(*Server) float64) estimate {
	return c.each(func(t Trial) float64 {
		if t.Server == nil {
			return math.NaN()
		}
		if v := figure(t.Server); v > 0 {
			return v
		}
		return math.NaN()
	})
}

// tail is a percentile of a cell in seconds.
type tail struct {
	estimate
	// rough is set where fewer than ten values lie above the percentile.
	rough bool
	// infinite is set where so many arrivals failed that there is no such time.
	infinite bool
}

// quantile takes the percentile (0 to 1) of the merged distribution, for
// percentiles must not be averaged; the spread is that over trials.
func (c cell) quantile(q float64, which func(Latency) Histogram) tail {
	merged := newHDR()
	t := tail{estimate: c.each(func(t Trial) float64 {
		h := decoded(which(t.Latency))
		merged.Merge(h)
		return quantileOf(h, q)
	})}
	t.median = quantileOf(merged, q)
	t.rough = (1-q)*float64(merged.TotalCount()) < 10
	return t
}

// offeredTail is the 99th percentile over all arrivals, failures being infinite.
func (c cell) offeredTail() tail {
	t := tail{estimate: c.each(func(t Trial) float64 {
		if t.Latency.OfferedP99 == nil {
			return math.NaN()
		}
		return *t.Latency.OfferedP99
	})}
	merged, offered := newHDR(), int64(0)
	for _, trial := range c.trials {
		merged.Merge(decoded(trial.Latency.Served))
		offered += trial.Offered
	}
	if p99 := offeredP99(merged, offered); p99 != nil {
		t.median = *p99
	} else {
		t.median, t.infinite = math.NaN(), true
	}
	t.rough = float64(offered) < 1000
	return t
}

// decoded is the distribution in h. One that does not decode counts as empty:
// ReadResult and the engine both make sure that there is none.
func decoded(h Histogram) *hdrhistogram.Histogram {
	d, err := h.Decode()
	if err != nil {
		return newHDR()
	}
	return d
}

// quantileOf is a percentile of h in seconds, NaN if h is empty.
func quantileOf(h *hdrhistogram.Histogram, q float64) float64 {
	if h.TotalCount() == 0 {
		return math.NaN()
	}
	return seconds(h.ValueAtQuantile(100 * q))
}

func servedOf(l Latency) Histogram      { return l.Served }
func uncorrectedOf(l Latency) Histogram { return l.Uncorrected }
func shedOf(l Latency) Histogram        { return l.Shed }
func lagOf(l Latency) Histogram         { return l.Lag }
