package process

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"millpond/bench"
)

// The limits within which client and server agree on how many requests are under
// way, beside what chance makes of a few samples.
const (
	littleShare   = 0.10
	littleSlack   = 1.0 // requests: those on the wire
	littleSamples = 4
	// saturated is the part of its processors from which on a server leaves
	// requests in the kernel that it does not know of yet.
	saturated = 0.9
)

// CompareBacklog checks what the client had under way against the server's
// queue and busy workers at the same moments. Little's law (1961) makes them
// the same number, whatever the rate: rate × mean time in flight for the
// client, rate × mean time in queue and worker for the server. A server that
// claims more than was asked of it lies, unless it holds what clients have
// given up. If it knows of fewer while it serves everything and has processor
// time left, requests or answers were lying about on the generator's side.
// Servers without such metrics, and too few samples, prove nothing.
func CompareBacklog(t *bench.Trial, cores int) {
	var client, server, gaps []float64
	for _, x := range t.Usage.Samples {
		if x.At < 0 || x.At >= t.Duration || !x.Queue.Known() || !x.Busy.Known() || !x.InFlight.Known() {
			continue
		}
		held := x.Queue.Float() + x.Busy.Float()
		client, server = append(client, x.InFlight.Float()), append(server, held)
		gaps = append(gaps, held-x.InFlight.Float())
	}
	if len(gaps) < littleSamples {
		return
	}
	asked, held := stat.Mean(client, nil), stat.Mean(server, nil)
	gap, deviation := stat.MeanStdDev(gaps, nil)
	if asked > 0 {
		t.Validity.LittleResidual = bench.Known(math.Abs(gap) / asked)
	}
	allowed := max(littleShare*asked, littleSlack) + 3*stat.StdErr(deviation, float64(len(gaps)))
	calm := t.Outcomes.OK == t.Offered && t.Usage.CPU.Below(saturated*float64(cores))
	if gap > allowed && t.Outcomes.Timeout == 0 || -gap > allowed && calm {
		t.Validity.Reject("Little's law does not hold: the client had %.1f requests under way on average, the server knew of %.1f.", asked, held)
	}
}
