package bench

import (
	"fmt"
	"strings"
)

// Instrument is what the generator found out about itself.
type Instrument struct {
	// MaxRate is the highest open-loop rate with every validity rule kept.
	MaxRate float64 `json:"max_rate"`
	// LagP99At20k is the send-time error at 20,000 requests/s.
	LagP99At20k Value `json:"lag_p99_at_20k_seconds"`
	// WrkRate is what wrk reached closed loop on the same server, ClosedRate
	// what the generator did.
	WrkRate    Value `json:"wrk_rate"`
	ClosedRate Value `json:"closed_rate"`
	// Queues compares mean waits at a simulated queue with what they must be.
	Queues []QueueCheck `json:"queues"`
}

// QueueCheck is one comparison of a measured mean wait with the wait that an
// ideal queue makes of the very same arrivals and service times, so that chance
// plays no part in it.
type QueueCheck struct {
	Servers     int     `json:"servers"`
	Utilisation float64 `json:"utilisation"`
	Measured    Value   `json:"measured_wait_seconds"`
	Ideal       float64 `json:"ideal_wait_seconds"`
	// Agrees is true if Measured is within 10 % or 0.3 ms of Ideal.
	Agrees bool `json:"agrees"`
}

// What an instrument must do to be trusted.
const (
	// TrustedRate is the open-loop rate, in requests/s, that it must keep up.
	TrustedRate = 20_000
	// wrkShare is how much of wrk's closed-loop rate it must reach.
	wrkShare = 0.9
)

// Agreeing is the number of queues whose waits were measured right.
func (in *Instrument) Agreeing() int {
	n := 0
	for _, q := range in.Queues {
		if q.Agrees {
			n++
		}
	}
	return n
}

// Fault says why the instrument cannot be trusted, empty if it can.
func (in *Instrument) Fault() string {
	var faults []string
	if in.MaxRate < TrustedRate {
		faults = append(faults, fmt.Sprintf("it keeps its promises up to %.0f requests/s only, not %d", in.MaxRate, TrustedRate))
	}
	if n := in.Agreeing(); n < len(in.Queues) || n == 0 {
		faults = append(faults, fmt.Sprintf("%d of %d mean waits agree with those of an ideal queue", n, len(in.Queues)))
	}
	if in.WrkRate.Known() && in.ClosedRate.Or(0) < wrkShare*in.WrkRate.Float() {
		faults = append(faults, fmt.Sprintf("wrk reached %.0f requests/s in a closed loop, this generator %.0f", in.WrkRate.Float(), in.ClosedRate.Or(0)))
	}
	return strings.Join(faults, "; ")
}
