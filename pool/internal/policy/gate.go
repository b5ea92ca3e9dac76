package policy

import "time"

const (
	// lookAgain is how long a worker is held back before the gate is asked
	// again.
	lookAgain = 2 * time.Millisecond

	// calmFor is for how long it counts that no worker was one too many: the
	// question costs as much as a tenth of a small task.
	calmFor = 200 * time.Microsecond

	// crowdedAt is how many goroutines for each processor wait for it when a
	// worker is one too many.
	crowdedAt = 2
)

// A Gate starts workers one by one, as long as the processors have time for
// them, so that neither too few wait for a slow disk nor too many get in each
// other's way on a processor. There is nothing to tune and nothing to converge:
// what runs shows at once among the goroutines that are ready to run.
type Gate struct {
	// Signal returns how many goroutines are ready to run, and how many
	// processors there are. If nil, the gate is always open.
	Signal func() (runnable, processors int)

	// Least is how many workers may always start.
	Least int

	processors int           // when last asked
	until      time.Duration // the gate is shut until then
	calm       time.Duration // no worker is one too many until then
	Held       uint64        // how often the gate was found shut
	Retired    uint64        // how often a worker was one too many
}

// Open reports whether one more worker may start, beside so many, of which some
// are starting still. If not, again is when to ask again, or Forever: then one
// of those that are starting will ask. Urgent says that a task has a claim to a
// worker.
func (g *Gate) Open(now time.Duration, workers, starting int, urgent bool) (open bool, again time.Duration) {
	switch {
	case g.Signal == nil || workers < max(g.Least, g.processors, 1):
		return true, 0
	case starting > 0:
		return false, Forever // what it does does not show yet
	case urgent:
		return true, 0
	case now < g.until:
		return false, g.until
	}
	if runnable := g.read(); runnable < g.processors || workers < g.processors {
		return true, 0
	}
	g.Held++
	g.until = now + lookAgain
	return false, g.until
}

// Crowded reports whether one of so many workers is one too many.
func (g *Gate) Crowded(now time.Duration, workers int) bool {
	if g.Signal == nil || workers <= max(g.Least, g.processors, 1) || now < g.calm {
		return false
	}
	if g.read() <= crowdedAt*g.processors {
		g.calm = now + calmFor
		return false
	}
	g.Retired++
	return true
}

func (g *Gate) read() (runnable int) {
	runnable, g.processors = g.Signal()
	return runnable
}
