package load

import (
	"math"
	"slices"
	"testing"
	"time"

	"millpond/bench"
)

// gaps returns the differences of a schedule, in seconds.
func gaps(at []int64) []float64 {
	var out []float64
	for i := 1; i < len(at); i++ {
		out = append(out, bench.Seconds(at[i]-at[i-1]))
	}
	return out
}

// moments returns mean and squared coefficient of variation.
func moments(x []float64) (mean, cv2 float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		cv2 += (v - mean) * (v - mean) / float64(len(x)) / (mean * mean)
	}
	return mean, cv2
}

func TestScheduleStatistics(t *testing.T) {
	const rate, n = 1000.0, 100_000
	for _, tc := range []struct {
		shape    string
		low, top float64 // squared coefficient of variation of the gaps
	}{
		{Constant, 0, 1e-6},
		{Poisson, 0.95, 1.05},
		{Burst, 4, 1e6},
	} {
		t.Run(tc.shape, func(t *testing.T) {
			a := plateau(rate, n/rate*time.Second)
			a.Shape = tc.shape
			s := a.draw(nil)
			if !slices.IsSorted(s.at) {
				t.Fatal("the arrivals are not in order")
			}
			if last := s.at[len(s.at)-1]; s.at[0] < 0 || last > int64(a.Length()) {
				t.Errorf("arrivals from %d to %d, outside of 0 to %d", s.at[0], last, a.Length())
			}
			// Five standard deviations of a Poisson count.
			if d := math.Abs(float64(len(s.at)) - n); d > 5*math.Sqrt(n) {
				t.Errorf("%d arrivals, want about %d", len(s.at), n)
			}
			mean, cv2 := moments(gaps(s.at))
			if math.Abs(mean*rate-1) > 0.02 || cv2 < tc.low || cv2 > tc.top {
				t.Errorf("mean gap %v, squared variation %v, want %v and %v to %v", mean, cv2, 1/rate, tc.low, tc.top)
			}
		})
	}
}

func TestPoissonCountsAreIndependent(t *testing.T) {
	s := plateau(1000, 100*time.Second).draw(nil)
	counts := make([]float64, 1000)
	for _, at := range s.at {
		counts[min(at/int64(100*time.Millisecond), 999)]++
	}
	// Variance over mean of Poisson counts is 1, with standard error √(2/n).
	mean, cv2 := moments(counts)
	if dispersion := cv2 * mean; math.Abs(dispersion-1) > 5*math.Sqrt(2.0/1000) {
		t.Errorf("index of dispersion %v, want 1", dispersion)
	}
	var lag1 float64
	for i := 1; i < len(counts); i++ {
		lag1 += (counts[i] - mean) * (counts[i-1] - mean) / (cv2 * mean * mean) / float64(len(counts))
	}
	if math.Abs(lag1) > 5/math.Sqrt(1000) {
		t.Errorf("autocorrelation of counts %v, want 0", lag1)
	}
}

func TestBurstComesInTheFirstFifth(t *testing.T) {
	a := plateau(500, 10*time.Second)
	a.Shape = Burst
	for _, at := range a.draw(nil).at {
		if into := time.Duration(at) % burstPeriod; into > burstPeriod/burstFactor {
			t.Fatalf("an arrival %v into its period", into)
		}
	}
}

func TestSameSeedSameSchedule(t *testing.T) {
	a := plateau(1000, time.Second)
	b := a
	b.Seed = 2
	if !slices.Equal(a.draw(nil).at, a.draw(nil).at) {
		t.Error("the same seed gave two schedules")
	}
	if slices.Equal(a.draw(nil).at, b.draw(nil).at) {
		t.Error("two seeds gave the same schedule")
	}
}

func TestRampAndSteps(t *testing.T) {
	a := Arrivals{Seed: 1, Segments: []Segment{
		{Name: "calm", From: 100, To: 100, Length: 10 * time.Second},
		{Name: "ramp", From: 100, To: 1100, Length: 10 * time.Second},
		{Name: "nothing", Length: time.Second},
		{Name: "down", From: 1000, To: 0, Length: 10 * time.Second},
	}}
	counts := map[string]int{}
	half := 0
	for _, at := range a.draw(nil).at {
		switch d := time.Duration(at); {
		case d < 10*time.Second:
			counts["calm"]++
		case d < 20*time.Second:
			counts["ramp"]++
			if d < 15*time.Second {
				half++
			}
		case d < 21*time.Second:
			counts["nothing"]++
		default:
			counts["down"]++
		}
	}
	for name, want := range map[string]float64{"calm": 1000, "ramp": 6000, "nothing": 0, "down": 5000} {
		if d := math.Abs(float64(counts[name]) - want); d > 5*math.Sqrt(want) {
			t.Errorf("%d arrivals in %s, want about %v", counts[name], name, want)
		}
	}
	// Half-way up the rate is 600, so the first half holds (100+600)/2 × 5.
	if math.Abs(float64(half)-1750) > 5*math.Sqrt(1750) {
		t.Errorf("%d arrivals in the first half of the ramp, want about 1750", half)
	}
	if got, want := a.MeanAfter(10*time.Second), 11000.0/21; math.Abs(got-want) > 1e-6 {
		t.Errorf("mean after 10 s is %v, want %v", got, want)
	}
	if got := len(a.Phases(0)); got != 4 {
		t.Errorf("%d phases, want 4", got)
	}
	if got := plateau(1, time.Second).Phases(0); got != nil {
		t.Errorf("a plateau has phases %v, want none", got)
	}
}

func TestClassesFollowTheirWeights(t *testing.T) {
	s := plateau(1000, 50*time.Second).draw([]float64{99, 1})
	rare := 0
	for _, c := range s.class {
		rare += int(c)
	}
	if n := float64(len(s.at)); math.Abs(float64(rare)-n/100) > 5*math.Sqrt(n/100) {
		t.Errorf("%d of %d are of the rare class, want 1 %%", rare, len(s.at))
	}
	if got := plateau(1000, time.Second).draw([]float64{1}).class; got != nil {
		t.Errorf("a single class was drawn %d times", len(got))
	}
}

func TestSegmentsOfOneRequest(t *testing.T) {
	segment := func(request int) Segment {
		return Segment{From: 100, To: 100, Length: time.Second, Request: request}
	}
	a := Arrivals{Seed: 1, Segments: []Segment{segment(1), segment(3), segment(0), segment(2)}}.prolonged(time.Second)
	s := a.draw([]float64{1, 1, 1})
	seen := [5][3]int{}
	for i, at := range s.at {
		seen[at/int64(time.Second)][s.class[i]]++
	}
	for second, want := range []string{"+..", "..+", "+++", ".+.", ".+."} {
		for class, n := range seen[second] {
			if (n > 0) != (want[class] == '+') {
				t.Errorf("in second %d request %d was drawn %d times, want %s", second, class+1, n, want)
			}
		}
	}
}

func TestArrivalsRefuse(t *testing.T) {
	for name, a := range map[string]Arrivals{
		"unknown shape": {Shape: "square"},
		"negative rate": plateau(-1, time.Second),
		"no number":     plateau(math.NaN(), time.Second),
		"infinite rate": plateau(math.Inf(1), time.Second),
		"no time":       plateau(1, 0),
		"too many":      plateau(1e6, time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			if err := a.validate(); err == nil {
				t.Error("accepted")
			}
		})
	}
}
