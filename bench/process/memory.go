package process

import (
	"math"

	"millpond/bench"
)

// Memory is the memory of a server's processes in bytes, what they share divided
// among them (PSS).
func Memory(group int) bench.Value {
	procs, err := processGroup(group)
	if err != nil {
		return bench.Value{}
	}
	sum := 0.0
	for _, p := range procs {
		rollup, err := p.ProcSMapsRollup()
		if err != nil {
			sum = math.NaN()
		}
		sum += float64(rollup.Pss)
	}
	return bench.Known(sum)
}
