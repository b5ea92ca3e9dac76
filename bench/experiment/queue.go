package experiment

import (
	"math/rand/v2"
	"slices"
	"time"
)

// simulateQueue returns the mean wait of exactly these arrivals, in nanoseconds,
// served in their order by so many servers (Kiefer and Wolfowitz 1955).
func simulateQueue(at []int64, servers int, service func() int64) float64 {
	free := make([]int64, servers)
	var wait int64
	for _, arrival := range at {
		first := slices.Index(free, slices.Min(free))
		start := max(arrival, free[first])
		wait += start - arrival
		free[first] = start + service()
	}
	return float64(wait) / float64(max(len(at), 1))
}

// exponential returns a sequence of exponential times of a mean, in nanoseconds:
// the same for the same seed.
func exponential(mean time.Duration, seed uint64) func() int64 {
	r := rand.New(rand.NewPCG(seed, 6))
	return func() int64 { return int64(r.ExpFloat64() * float64(mean)) }
}
