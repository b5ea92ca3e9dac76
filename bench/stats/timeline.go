package stats

import (
	"math"

	"millpond/bench"
)

// seriesPoints is how many steps a line over time has at most.
const seriesPoints = 300

// Moment is the mean over the trials of a point of one step in time.
type Moment struct {
	At                        float64
	Offered, Goodput, Retries float64 // per second
	P99                       float64 // the worst of the trials; NaN if nothing was served
	InFlight                  float64
	RSS, Threads, Goroutines  float64 // NaN if not sampled
}

// Timeline is the course of a point, in at most seriesPoints steps.
func (p Point) Timeline() []Moment {
	first := p.Trials[0]
	if first.BinWidth <= 0 || len(first.Series) == 0 {
		return nil
	}
	step := first.BinWidth * math.Ceil(float64(len(first.Series))/seriesPoints)
	start := first.Series[0].At
	moments := make([]Moment, int(math.Ceil(float64(len(first.Series))*first.BinWidth/step-1e-9)))
	index := func(at float64) (int, bool) {
		i := int(math.Floor((at-start)/step + 1e-9))
		return i, i >= 0 && i < len(moments)
	}
	samples := make([]int, len(moments))
	per := 1 / (step * float64(len(p.Trials)))
	for i := range moments {
		moments[i] = Moment{At: start + float64(i)*step, P99: math.NaN()}
	}
	for _, t := range p.Trials {
		for _, b := range t.Series {
			if i, ok := index(b.At); ok {
				moments[i].count(b, per)
			}
		}
		if t.Usage == nil {
			continue
		}
		for _, s := range t.Usage.Samples {
			if i, ok := index(s.At); ok {
				samples[i]++
				moments[i].sample(s)
			}
		}
	}
	for i := range moments {
		n := float64(samples[i]) // 0 gives NaN: not sampled
		m := &moments[i]
		m.RSS, m.Threads, m.Goroutines = m.RSS/n, m.Threads/n, m.Goroutines/n
	}
	return moments
}

func (m *Moment) count(b bench.Bin, perSecond float64) {
	m.Offered += float64(b.Offered) * perSecond
	m.Goodput += float64(b.Answered) * perSecond
	m.Retries += float64(b.Retries) * perSecond
	m.InFlight = max(m.InFlight, float64(b.InFlight))
	if v := b.P99.Or(0); v > 0 && !(m.P99 >= v) {
		m.P99 = v
	}
}

func (m *Moment) sample(s bench.Sample) {
	m.RSS += float64(s.RSS)
	m.Threads += float64(s.Threads)
	m.Goroutines += s.Goroutines.Float()
}
