package experiment

import (
	"context"
	"fmt"
	"time"

	"millpond/bench/process"
)

// neighbourShare is how much of what it should take a neighbour must really get.
const neighbourShare = 0.9

// disturb starts what a trial disturbs its server with. It returns what the
// processor time of all that belongs to the trial is, and a function that ends
// the disturbance and says what is doubtful about it.
func (s *Suite) disturb(ctx context.Context, p spec, pid int, server func() float64) (own func() float64, calm func() string, err error) {
	own, calm = server, func() string { return "" }
	if p.stall > 0 {
		middle := time.Until(p.load.Begin) + p.load.Warmup + (p.load.Arrivals.Length()-p.load.Warmup)/3
		end := process.Stall(pid, middle, p.stall)
		calm = func() string { end(); return "" }
	}
	if p.neighbour > 0 {
		n, err := process.StartNeighbour(ctx, s.Program, p.neighbour, s.Cores.Server)
		if err != nil {
			return nil, nil, err
		}
		own = func() float64 { return server() + n.CPU() }
		calm = func() string {
			took := n.Took()
			n.Stop()
			if took < neighbourShare*p.neighbour {
				return fmt.Sprintf("The neighbour got %.0f %% of the server's processor, not %.0f %%: it needs the right to take precedence (CAP_SYS_NICE).",
					100*took, 100*p.neighbour)
			}
			return ""
		}
	}
	return own, calm, nil
}
