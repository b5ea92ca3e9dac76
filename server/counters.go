package server

import "sync/atomic"

// counters are what Stats reads. Each is exact; they are not read together.
type counters struct {
	conns        [NumStates]atomic.Int64
	inFlight     atomic.Int64
	accepted     atomic.Uint64
	closed       [NumCloseReasons]atomic.Uint64
	acceptErrors [NumAcceptErrors]atomic.Uint64
	bad          [NumBadReasons]atomic.Uint64
	shed         [NumShedReasons]atomic.Uint64
	badTimeouts  atomic.Uint64
	received     atomic.Uint64
	sent         atomic.Uint64
}

// read reads counters that belong together.
func read(to []uint64, from []atomic.Uint64) {
	for i := range from {
		to[i] = from[i].Load()
	}
}
