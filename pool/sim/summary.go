package sim

import (
	"slices"
	"time"
)

// A Summary is what matters of many tasks.
type Summary struct {
	Offered int
	Counts  [4]int          // by outcome
	Waits   []time.Duration // of those served in time, sorted
	Refusal []time.Duration // how long the others waited for their refusal, sorted
}

// Summarize sums up the tasks for which the function says so.
func Summarize(tasks []Task, which func(Task) bool) (s Summary) {
	for _, t := range tasks {
		if which != nil && !which(t) {
			continue
		}
		s.Offered++
		s.Counts[t.Outcome]++
		switch t.Outcome {
		case Served:
			s.Waits = append(s.Waits, t.Waited)
		case Refused, Dropped:
			s.Refusal = append(s.Refusal, t.Ended-t.Came)
		}
	}
	slices.Sort(s.Waits)
	slices.Sort(s.Refusal)
	return s
}

// Share is the part of the offered tasks that was served in time.
func (s Summary) Share() float64 { return float64(s.Counts[Served]) / float64(max(1, s.Offered)) }

// MeanWait is how long those that were served in time waited on average.
func (s Summary) MeanWait() time.Duration {
	var sum time.Duration
	for _, w := range s.Waits {
		sum += w
	}
	return sum / time.Duration(max(1, len(s.Waits)))
}

// Quantile returns the q-quantile of sorted durations, 0 if there are none.
func Quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
