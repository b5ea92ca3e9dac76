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

// quietRuntime keeps the garbage collector from running while a load does, since
// its pauses would look like the server's. The returned function undoes it.
func quietRuntime() func() {
	runtime.GC()
	percent := debug.SetGCPercent(-1)
	limit := debug.SetMemoryLimit(collectorLimit)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// hurry gives the calling thread precedence over all others on its processor,
// where the user may do that: whatever else runs there, be it the sampling of
// the server, would delay what is to be sent. Where not, the send-time error
// shows it.
func hurry() { _ = unix.Setpriority(unix.PRIO_PROCESS, 0, -20) }

// usage is what this process has consumed since an instant.
type usage struct {
	at  time.Time
	cpu time.Duration
}

// startUsage begins to count.
func startUsage() usage {
	return usage{at: time.Now(), cpu: processCPU()}
}

// stop returns the share of so many cores that was used.
func (u usage) stop(cores int) bench.Generator {
	wall := max(time.Since(u.at), 1)
	return bench.Generator{CPU: float64(processCPU()-u.cpu) / float64(wall) / float64(cores)}
}

// processCPU is the CPU time of all threads of this process.
func processCPU() time.Duration {
	var ru unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &ru) != nil {
		return 0
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}
