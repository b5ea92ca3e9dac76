//go:build unix

package server

import (
	"math"

	"golang.org/x/sys/unix"
)

// defaultMaxConns is 90 % of the open-file limit; the rest is for the
// program's other files.
func defaultMaxConns() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return math.MaxInt
	}
	return max(1, int(min(uint64(limit.Cur), math.MaxInt)/10*9))
}
