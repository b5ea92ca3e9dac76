package sim

import (
	"math/rand/v2"
	"time"
)

// A Time draws a duration: the gap between arrivals, or a time of service.
type Time func(*rand.Rand) time.Duration

// Constant is always the same.
func Constant(d time.Duration) Time { return func(*rand.Rand) time.Duration { return d } }

// Exponential has the given mean. As the gap between arrivals, it makes them a
// Poisson process.
func Exponential(mean time.Duration) Time {
	return func(rnd *rand.Rand) time.Duration { return time.Duration(rnd.ExpFloat64() * float64(mean)) }
}

// Bimodal is slow with a probability, and otherwise quick.
func Bimodal(quick, slow time.Duration, probability float64) Time {
	return func(rnd *rand.Rand) time.Duration {
		if rnd.Float64() < probability {
			return slow
		}
		return quick
	}
}

// Bursts squeezes the arrivals of each period into its first part: the gaps are
// shorter, and after the part comes a pause.
func Bursts(gap Time, period time.Duration, part float64) Time {
	busy := time.Duration(float64(period) * part)
	var at time.Duration // in the busy time
	return func(rnd *rand.Rand) time.Duration {
		before := at / busy
		d := time.Duration(float64(gap(rnd)) * part)
		at += d
		return d + (at/busy-before)*(period-busy)
	}
}

// Client is the key of a stream of one client.
func Client(key uint64) func(*rand.Rand) uint64 {
	return func(*rand.Rand) uint64 { return key }
}

// Clients draws among so many clients, from the given key on.
func Clients(first uint64, n int) func(*rand.Rand) uint64 {
	return func(rnd *rand.Rand) uint64 { return first + uint64(rnd.IntN(n)) }
}
