package upstream

import "time"

// Stats is a consistent snapshot of a Handler:
//
//	Requests = sum of Outcomes + InFlight
type Stats struct {
	Requests uint64
	InFlight int
	Retries  uint64 // times that a request was sent, or was to be sent, once more
	Outcomes [NumOutcomes]uint64
	Backends []BackendStats // in the order of Config.Backends
}

// BackendStats is a snapshot of a backend.
type BackendStats struct {
	Backend     string        // its address
	InFlight    int           // requests, upgraded connections included
	Requests    uint64        // given to it, those that it could not be connected for included
	Unreachable uint64        // requests for which it could not be connected to
	Connections uint64        // made
	Out         time.Duration // for which it is left out, counted from when that began; 0 if it is in
}

// Stats returns a snapshot. It is safe for concurrent use and meant for a
// scrape.
func (h *Handler) Stats() Stats {
	g := h.backends
	g.mu.Lock()
	defer g.mu.Unlock()
	st := Stats{
		Requests: uint64(g.inFlight),
		InFlight: g.inFlight,
		Retries:  g.retries,
		Outcomes: g.outcomes,
	}
	for _, n := range g.outcomes {
		st.Requests += n
	}
	for _, b := range g.all {
		st.Backends = append(st.Backends, BackendStats{
			Backend:     b.name,
			InFlight:    b.inFlight,
			Requests:    b.requests,
			Unreachable: b.unreachable,
			Connections: b.connections.Load(),
			Out:         b.health.pause,
		})
	}
	return st
}
