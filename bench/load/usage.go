package load

import (
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"millpond/bench"
)

// collectorLimit is the size of the heap at which the garbage collector runs
// even while a load does. The sending path allocates nothing, so only a long
// schedule comes near.
const collectorLimit = 2 << 30

// Quiet keeps the garbage collector from running while a load does, since
// its pauses would look like the server's. The returned function undoes it. Every load
// does so itself; who runs several at the same time calls it for all of them.
func Quiet() func() {
	runtime.GC()
	percent := debug.SetGCPercent(-1)
	limit := debug.SetMemoryLimit(collectorLimit)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// shortSlice is how long the kernel lets a loop run before it looks whose turn
// it is: its least.
const shortSlice = 100 * time.Microsecond

// hurry makes the calling thread one that runs soon after it wakes, as it asks
// for little at a time: whatever else runs on its processor, be it the sampling
// of the server, would delay what is to be sent. It asks for no greater share: a
// kernel that shares processors among sessions would take that from the server
// on its own processor, if both are of one session. Linux from 6.12 on grants
// it, to anyone (sched_setattr(2), EEVDF); where not, the send-time error shows it.
func hurry() {
	if attr, err := unix.SchedGetAttr(0, 0); err == nil {
		attr.Runtime = uint64(shortSlice)
		_ = unix.SchedSetAttr(0, attr, 0)
	}
}

// usage is what this process has consumed since an instant.
type usage struct {
	at  time.Time
	cpu time.Duration
}

// startUsage begins to count.
func startUsage() usage {
	return usage{at: time.Now(), cpu: cpuTime(unix.RUSAGE_SELF)}
}

// stop returns what was used since, given what the busiest loop used.
func (u usage) stop(busiest time.Duration) bench.Generator {
	return bench.Generator{CPU: cpuShare(busiest, cpuTime(unix.RUSAGE_SELF)-u.cpu, time.Since(u.at), processors())}
}

// cpuShare tells how near the generator came to its limit: a loop has no more
// than one processor, and all of them together no more than they may run on.
// With more loops than processors it is the latter that binds.
func cpuShare(busiest, all, wall time.Duration, processors int) float64 {
	return max(float64(busiest), float64(all)/float64(processors)) / float64(max(wall, 1))
}

// processors is how many this process may use.
func processors() int {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return runtime.NumCPU()
	}
	return max(set.Count(), 1)
}

// cpuTime is the CPU time of this process, or of the calling thread.
func cpuTime(who int) time.Duration {
	var ru unix.Rusage
	if unix.Getrusage(who, &ru) != nil {
		return 0
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}
