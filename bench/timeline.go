package bench

import "math"

// seriesPoints is how many steps a line over time has at most.
const seriesPoints = 300

// moment is the mean over the trials of a cell of one step in time.
type moment struct {
	at                        float64
	offered, goodput, retries float64 // per second
	p99                       float64 // the worst of the trials; NaN if nothing was served
	inFlight                  float64
	rss, threads, goroutines  float64 // NaN if not sampled
}

// timeline is the course of a cell, in at most seriesPoints steps.
func (c cell) timeline() []moment {
	first := c.trials[0]
	if first.BinWidth <= 0 || len(first.Series) == 0 {
		return nil
	}
	step := first.BinWidth * math.Ceil(float64(len(first.Series))/seriesPoints)
	start := first.Series[0].At
	moments := make([]moment, int(math.Ceil(float64(len(first.Series))*first.BinWidth/step-1e-9)))
	index := func(at float64) (int, bool) {
		i := int(math.Floor((at-start)/step + 1e-9))
		return i, i >= 0 && i < len(moments)
	}
	samples := make([]int, len(moments))
	per := 1 / (step * float64(len(c.trials)))
	for i := range moments {
		moments[i] = moment{at: start + float64(i)*step, p99: math.NaN()}
	}
	for _, t := range c.trials {
		for _, b := range t.Series {
			if i, ok := index(b.At); ok {
				moments[i].count(b, per)
			}
		}
		if t.Server == nil {
			continue
		}
		for _, s := range t.Server.Samples {
			if i, ok := index(s.At); ok {
				samples[i]++
				moments[i].sample(s)
			}
		}
	}
	for i := range moments {
		n := float64(samples[i]) // 0 gives NaN: not sampled
		m := &moments[i]
		m.rss, m.threads, m.goroutines = m.rss/n, m.threads/n, m.goroutines/n
	}
	return moments
}

func (m *moment) count(b Bin, perSecond float64) {
	m.offered += float64(b.Offered) * perSecond
	m.goodput += float64(b.Outcomes.OK) * perSecond
	m.retries += float64(b.Retries) * perSecond
	m.inFlight = max(m.inFlight, float64(b.InFlight))
	if b.P99 > 0 && !(m.p99 >= b.P99) {
		m.p99 = b.P99
	}
}

func (m *moment) sample(s Sample) {
	m.rss += float64(s.RSS)
	m.threads += float64(s.Threads)
	if s.Goroutines < 0 {
		m.goroutines = math.NaN()
	}
	m.goroutines += float64(s.Goroutines)
}
