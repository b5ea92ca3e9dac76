package process

import (
	"github.com/prometheus/procfs"
)

// Memory is the memory of a server's processes in bytes, what they share divided
// among them.
func Memory(group int) int64 {
	procs, err := processGroup(group)
	if err != nil {
		return 0
	}
	var sum int64
	for _, p := range procs {
		sum += pssOf(p)
	}
	return sum
}

// pssOf is that of one process, 0 if it has gone.
func pssOf(p procfs.Proc) int64 {
	rollup, err := p.ProcSMapsRollup()
	if err != nil {
		return 0
	}
	return int64(rollup.Pss)
}
