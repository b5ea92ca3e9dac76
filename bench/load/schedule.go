package load

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"millpond/bench"
)

// maxArrivals bounds the memory of a schedule: eight bytes each.
const maxArrivals = 50_000_000

// Shapes of an arrival process.
const (
	// Poisson draws exponential gaps: what many independent clients look like.
	Poisson = "poisson"
	// Constant spaces arrivals evenly. It hides queueing below saturation.
	Constant = "constant"
	// Burst is Poisson squeezed into the first fifth of every second.
	Burst = "burst"
)

// burstPeriod and burstFactor define Burst: in each period, everything arrives
// within period/factor, at factor times the rate, and then nothing.
const (
	burstPeriod = time.Second
	burstFactor = 5
)

// Segment is a stretch of load whose rate goes from From to To in a straight
// line. From equal to To is a plateau.
type Segment struct {
	Name     string
	From, To float64 // requests/s
	Length   time.Duration
	// Request, counted from 1, is the only request of the workload that is sent
	// in it; 0 are all of them by their weights.
	Request int
}

// Plateau is a load of one rate.
func Plateau(rate float64, length time.Duration) []Segment {
	return []Segment{{From: rate, To: rate, Length: length}}
}

// Arrivals describes when requests are meant to be sent. The same value always
// gives the same schedule, so that every model meets the same load.
type Arrivals struct {
	// Shape is Poisson if empty.
	Shape    string
	Segments []Segment
	Seed     uint64
}

// schedule is a drawn arrival process: ascending offsets from its start, in
// nanoseconds, and for each which of the workload's requests it sends.
type schedule struct {
	at    []int64
	class []uint8 // nil if there is only one class
}

// between is the number of arrivals from one time on and before another.
func (s schedule) between(from, to time.Duration) int {
	first, _ := slices.BinarySearch(s.at, int64(from))
	end, _ := slices.BinarySearch(s.at, int64(to))
	return end - first
}

// Length is how long the arrivals last.
func (a Arrivals) Length() time.Duration {
	var sum time.Duration
	for _, s := range a.Segments {
		sum += s.Length
	}
	return sum
}

// prolonged is a with its last rate held for so much longer. What is drawn from
// both is the same as far as a goes.
func (a Arrivals) prolonged(by time.Duration) Arrivals {
	if n := len(a.Segments); n > 0 {
		last := a.Segments[n-1]
		a.Segments = append(slices.Clone(a.Segments), Segment{From: last.To, To: last.To, Length: by, Request: last.Request})
	}
	return a
}

// expected is the mean number of arrivals.
func (a Arrivals) expected() float64 {
	var n float64
	for _, s := range a.Segments {
		n += (s.From + s.To) / 2 * s.Length.Seconds()
	}
	return n
}

// validate reports every fault of a.
func (a Arrivals) validate() error {
	var errs []error
	switch a.Shape {
	case "", Poisson, Constant, Burst:
	default:
		errs = append(errs, fmt.Errorf("arrivals %q: use %s, %s or %s", a.Shape, Poisson, Constant, Burst))
	}
	for _, s := range a.Segments {
		for _, rate := range []float64{s.From, s.To} {
			if rate < 0 || math.IsNaN(rate) || math.IsInf(rate, 0) {
				errs = append(errs, fmt.Errorf("rate %v: it must be a number of requests per second, 0 or more", rate))
			}
		}
		if s.Length <= 0 {
			errs = append(errs, fmt.Errorf("duration %v: it must be longer than 0", s.Length))
		}
	}
	if n := a.expected(); len(errs) == 0 && n > maxArrivals {
		errs = append(errs, fmt.Errorf("rate × duration makes %.0f arrivals, more than the %d that a schedule holds: shorten the run or lower the rate",
			n, maxArrivals))
	}
	return errors.Join(errs...)
}

// draw makes the schedule of a. Weights are the relative frequencies of the
// request classes.
//
// Arrivals are drawn at unit rate and mapped through the inverse of the
// cumulative rate (time rescaling), which is exact for any varying rate.
func (a Arrivals) draw(weights []float64) schedule {
	s := schedule{at: make([]int64, 0, int(a.expected()*1.01)+64)}
	gaps := rand.New(rand.NewPCG(a.Seed, 1))
	var unit, done float64 // arrivals so far, and those of earlier segments
	var start time.Duration
	var only []uint8 // the request of each arrival in a segment of one request, else 0
	unit = a.gap(gaps)
	for _, seg := range a.Segments {
		total := (seg.From + seg.To) / 2 * seg.Length.Seconds()
		for ; unit < done+total; unit += a.gap(gaps) {
			at := start + time.Duration(seg.invert(unit-done)*1e9)
			s.at = append(s.at, a.squeeze(int64(at)))
			only = append(only, uint8(seg.Request))
		}
		done += total
		start += seg.Length
	}
	s.class = drawClasses(len(s.at), weights, rand.New(rand.NewPCG(a.Seed, 2)))
	for i := range s.class {
		if only[i] > 0 {
			s.class[i] = only[i] - 1
		}
	}
	return s
}

// Times is when the arrivals of a are meant to be sent, in nanoseconds from its
// start.
func (a Arrivals) Times() []int64 { return a.draw(nil).at }

// gap is the time to the next arrival of a process of unit rate.
func (a Arrivals) gap(r *rand.Rand) float64 {
	if a.Shape == Constant {
		return 1
	}
	return r.ExpFloat64()
}

// invert returns the time, in seconds from the start of s, by which n arrivals
// are expected.
func (s Segment) invert(n float64) float64 {
	slope := (s.To - s.From) / s.Length.Seconds()
	return 2 * n / (s.From + math.Sqrt(max(0, s.From*s.From+2*slope*n)))
}

// squeeze moves an arrival into the busy part of its period, if a has one.
func (a Arrivals) squeeze(at int64) int64 {
	if a.Shape != Burst {
		return at
	}
	into := at % int64(burstPeriod)
	return at - into + into/burstFactor
}

// drawClasses assigns a request class to each of n arrivals.
func drawClasses(n int, weights []float64, r *rand.Rand) []uint8 {
	if len(weights) < 2 {
		return nil
	}
	var sum float64
	for _, w := range weights {
		sum += w
	}
	class := make([]uint8, n)
	for i := range class {
		x := r.Float64() * sum
		for x >= weights[class[i]] && int(class[i]) < len(weights)-1 {
			x -= weights[class[i]]
			class[i]++
		}
	}
	return class
}

// MeanAfter is the mean rate from an offset on.
func (a Arrivals) MeanAfter(offset time.Duration) float64 {
	rest := a.Length() - offset
	if rest <= 0 {
		return 0
	}
	n := a.expected()
	for _, s := range a.Segments {
		part := min(offset, s.Length)
		end := s.From + (s.To-s.From)*part.Seconds()/s.Length.Seconds()
		n -= (s.From + end) / 2 * part.Seconds()
		offset -= part
	}
	return n / rest.Seconds()
}

// Phases lists the segments, on a clock that starts after the warm-up; none if
// the load is a single plateau.
func (a Arrivals) Phases(warmup time.Duration) []bench.Phase {
	if len(a.Segments) == 1 && a.Segments[0].From == a.Segments[0].To {
		return nil
	}
	var out []bench.Phase
	from := -warmup
	for _, s := range a.Segments {
		out = append(out, bench.Phase{
			Name: s.Name, From: from.Seconds(), To: (from + s.Length).Seconds(), Rate: (s.From + s.To) / 2,
		})
		from += s.Length
	}
	return out
}
