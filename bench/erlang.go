package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// erlangWait is the mean wait in an M/M/c queue (Erlang 1917), in units of the
// mean service time, at a utilisation below 1.
func erlangWait(servers int, utilisation float64) float64 {
	offered := float64(servers) * utilisation
	// The recursion for the blocking probability of Erlang B does not overflow.
	blocked := 1.0
	for k := 1; k <= servers; k++ {
		blocked = offered * blocked / (float64(k) + offered*blocked)
	}
	queued := blocked / (1 - utilisation*(1-blocked)) // Erlang C
	return queued / (float64(servers) * (1 - utilisation))
}

// erlangError is the standard error of the mean wait of n customers, in units of
// the mean service time. It is that of M/M/1, whose waits are the most
// correlated: with more servers it errs on the safe side.
func erlangError(servers int, utilisation float64, n int) float64 {
	r := utilisation
	variance := r * (2 + 5*r - 4*r*r + r*r*r) / math.Pow(1-r, 4)
	return math.Sqrt(variance/float64(n)) / float64(servers)
}

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
