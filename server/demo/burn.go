package demo

import "time"

// burn does a fixed amount of CPU work: iterations steps of Marsaglia's
// xorshift64 ("Xorshift RNGs", 2003), each of which needs the one before. Work
// is counted in steps and not in time so that contention shows as latency.
func burn(iterations int64) {
	if xorshift(iterations) == 0 {
		// Xorshift never reaches 0 from another state. A compiler does not know
		// that, so it must do the work.
		panic("demo: xorshift reached 0")
	}
}

//go:noinline
func xorshift(steps int64) uint64 {
	x := uint64(88172645463325252)
	for range steps {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

// Limits of a calibration. A round is short enough to fit between two
// preemptions on a busy machine.
const (
	calibrationSteps  = 1 << 17 // per round, about 0.2 ms
	calibrationRounds = 200
	calibrationTime   = 60 * time.Millisecond
	// So many rounds there are whatever the time: where another process has the
	// processor for longer than that, the first round would be the fastest, and a
	// millisecond of work a hundredth of what it is.
	calibrationLeast = 20
	// No CPU does the steps of a round in less. A clock that says so is coarse,
	// or the fake one of testing/synctest.
	shortestRound = 20 * time.Microsecond
)

// Calibrate measures how many iterations of CPU work this machine does in a
// millisecond on one core, for Config.BurnPerMs. Noise and preemption only ever
// make a round slower, so the fastest of many short rounds counts. It takes
// about 60 ms, and longer only where the processor is not to be had.
func Calibrate() int {
	best := time.Duration(1<<63 - 1)
	begin := time.Now()
	for round := 0; round < calibrationLeast || round < calibrationRounds && time.Since(begin) < calibrationTime; round++ {
		start := time.Now()
		burn(calibrationSteps)
		best = min(best, time.Since(start))
	}
	best = max(best, shortestRound)
	return int(calibrationSteps * float64(time.Millisecond) / float64(best))
}
