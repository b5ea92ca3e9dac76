package policy

const (
	// crowd is the most items that wait under overload. Fewer drop more of what
	// varies; more make no difference to those that are served.
	crowd = 50

	// leastCrowd is how many may wait however much comes, and then nobody is
	// refused: several workers may come for an item at the same time.
	leastCrowd = 5

	// renewal is the part of the surplus that is admitted, in place of the
	// oldest: enough that from ten times the capacity on nobody waits for three
	// gaps, and few enough that most refusals come at once.
	renewal = 0.4
)

// pressure measures how much more comes than is served, and says from it how many
// items are worth keeping under overload. The zero pressure has seen nothing.
//
// Those that wait are a reserve for when less comes. As the newest run first, an
// item with others before it is reached only if as many more run than come. That
// is how far a random walk strays against its drift, which falls with the inverse
// of the drift (Kingman, "The single server queue in heavy traffic", 1961): what
// is out of the question at ten times the capacity need not be at one and a half.
type pressure struct {
	ratio   float64 // arrivals for each dequeue, exponentially weighted
	arrived int     // since the last dequeue
	credit  float64 // of those to come, what is admitted already
}

// came takes note of an arrival, whether or not it is admitted.
func (p *pressure) came() { p.arrived++ }

// served takes note of a dequeue.
func (p *pressure) served() {
	p.ratio += (float64(p.arrived) - p.ratio) / gapWeight
	p.arrived = 0
}

// places is how many items may wait under overload.
func (p *pressure) places() int {
	return max(leastCrowd, int(crowd/max(p.ratio-1, 1)))
}

// admits says whether one more arrival is admitted under overload, so that those
// which are come evenly: one for each dequeue, and part of the surplus, but no
// more than would push each other out.
func (p *pressure) admits() bool {
	ratio := max(p.ratio, 1)
	p.credit += min(1+renewal*(ratio-1), float64(p.places())) / ratio
	if p.credit < 1 {
		return false
	}
	p.credit--
	return true
}
