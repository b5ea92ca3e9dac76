package stats

import (
	"cmp"
	"math"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"millpond/bench"
)

// Point is all trials of one server in one phase: a point in a chart, a row in a
// table.
type Point struct {
	Server, Phase string
	Trials        []bench.Trial
}

// Points groups the trials of r, without those that measured its capacity, by
// server and phase: servers in the order of servers, phases by load. Trials
// that were made again do not count.
func Points(r *bench.Run) []Point {
	type key struct{ server, phase string }
	groups := map[key][]bench.Trial{}
	for _, t := range r.Trials {
		if t.Phase != bench.PhaseCapacity {
			k := key{t.Server, t.Phase}
			groups[k] = append(groups[k], t)
		}
	}
	all := make([]Point, 0, len(groups))
	for k, trials := range groups {
		if made := slices.DeleteFunc(slices.Clone(trials), func(t bench.Trial) bool { return t.Search }); len(made) > 0 {
			trials = made
		}
		slices.SortStableFunc(trials, func(a, b bench.Trial) int { return cmp.Compare(a.Repeat, b.Repeat) })
		all = append(all, Point{k.server, k.phase, trials})
	}
	order := Servers(r)
	slices.SortFunc(all, func(a, b Point) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Server), slices.Index(order, b.Server)),
			cmp.Compare(a.Rate(), b.Rate()),
			cmp.Compare(a.Trials[0].Workers, b.Trials[0].Workers),
			cmp.Compare(a.Phase, b.Phase))
	})
	return all
}

// Servers lists what was measured: millpond's models first, then the others by
// name, and of two builds the earlier one first. Trials run in random order, so the order of appearance says nothing.
func Servers(r *bench.Run) []string {
	var names []string
	for _, t := range r.Trials {
		if t.Phase != bench.PhaseCapacity && !slices.Contains(names, t.Server) {
			names = append(names, t.Server)
		}
	}
	rank := func(name string) int {
		if i := slices.Index(bench.Models, name); i >= 0 {
			return i
		}
		return len(bench.Models)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	if r.Kind == "versus" {
		slices.Reverse(names) // what was before comes first
	}
	return names
}

// Rate is what was offered in each trial, in requests per second.
func (p Point) Rate() float64 { return p.Trials[0].Rate }

// Multiple is the same in units of the capacity.
func (p Point) Multiple() float64 { return p.Trials[0].Multiple }

// Valid is false if any trial is invalid. Leaving those out instead would favour
// the server that disturbs the measurement most.
func (p Point) Valid() bool {
	return !slices.ContainsFunc(p.Trials, func(t bench.Trial) bool { return !t.Validity.Valid })
}

// Diverging reports that at least half of the trials had no steady state.
func (p Point) Diverging() bool {
	n := 0
	for _, t := range p.Trials {
		if t.Validity.Diverging {
			n++
		}
	}
	return 2*n >= len(p.Trials)
}

// Outcomes adds up the outcomes of all trials.
func (p Point) Outcomes() bench.Outcomes {
	var sum bench.Outcomes
	for _, t := range p.Trials {
		sum = sum.Plus(t.Outcomes)
	}
	return sum
}

// Each estimates a figure from its value in every trial. Trials for which it is
// NaN are left out.
func (p Point) Each(figure func(bench.Trial) float64) Estimate {
	values := make([]float64, 0, len(p.Trials))
	for _, t := range p.Trials {
		if v := figure(t); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return EstimateOf(values)
}

// Goodput estimates the good answers per second.
func (p Point) Goodput() Estimate {
	return p.Each(func(t bench.Trial) float64 { return t.Goodput })
}

// Tail is a percentile of a point in seconds: the median of the trials' own, with
// the interval of that median. A percentile of all trials together would be
// another figure, which need not lie within it.
type Tail struct {
	Estimate
	// Rough is set where in some trial fewer than ten values lie above the
	// percentile.
	Rough bool
}

// Infinite tells whether so many arrivals failed that there is no such time.
func (t Tail) Infinite() bool { return math.IsInf(t.Median, 1) }

// Quantile is the percentile (0 to 1) of a distribution. Trials in which that is
// empty are left out.
func (p Point) Quantile(q float64, which func(bench.Latency) bench.Histogram) Tail {
	fewest := int64(math.MaxInt64)
	e := p.Each(func(t bench.Trial) float64 {
		h := Decoded(which(t.Latency))
		if n := h.TotalCount(); n > 0 {
			fewest = min(fewest, n)
		}
		return QuantileOf(h, q)
	})
	return Tail{e, (1-q)*float64(fewest) < fewestAbove}
}

// fewestAbove is how many values above a percentile keep it from being rough.
const fewestAbove = 10

// OfferedTail is the 99th percentile over all arrivals, failures being infinite.
func (p Point) OfferedTail() Tail {
	fewest := int64(math.MaxInt64)
	e := p.Each(func(t bench.Trial) float64 {
		fewest = min(fewest, t.Offered)
		return t.Latency.Offered.P99.Float()
	})
	return Tail{e, 0.01*float64(fewest) < fewestAbove}
}

// Decoded is the distribution in h. One that does not decode counts as empty:
// ReadResult and the engine both make sure that there is none.
func Decoded(h bench.Histogram) *hdrhistogram.Histogram {
	d, err := h.Decode()
	if err != nil {
		return bench.NewHDR()
	}
	return d
}

// QuantileOf is a percentile of h in seconds, NaN if h is empty.
func QuantileOf(h *hdrhistogram.Histogram, q float64) float64 {
	if h.TotalCount() == 0 {
		return math.NaN()
	}
	return bench.Seconds(h.ValueAtQuantile(100 * q))
}

// Served is the latency of answers to requests that were served.
func Served(l bench.Latency) bench.Histogram { return l.Served }

// Uncorrected is the same from when each was sent, not from when it was due.
func Uncorrected(l bench.Latency) bench.Histogram { return l.Uncorrected }

// Shed is the latency of refusals.
func Shed(l bench.Latency) bench.Histogram { return l.Shed }

// Lag is by how much requests were sent later than due.
func Lag(l bench.Latency) bench.Histogram { return l.Lag }
