package server

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// limitFiles say how much memory a control group may use, by its version.
var limitFiles = []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}

// availableMemory is what the process may use: the least of what the runtime was
// told, its control group, and the machine. If nothing is known, it is a guess.
func availableMemory() int64 {
	least := debug.SetMemoryLimit(-1)
	for _, file := range limitFiles {
		least = min(least, limitIn(file))
	}
	if least = min(least, machineMemory()); least == math.MaxInt64 {
		return 8 * mostBufferMemory
	}
	return least
}

// limitIn reads a file with a number in it, or returns the largest number if
// there is none.
func limitIn(file string) int64 {
	b, err := os.ReadFile(file)
	if err != nil {
		return math.MaxInt64
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || n <= 0 {
		return math.MaxInt64 // "max"
	}
	return n
}
