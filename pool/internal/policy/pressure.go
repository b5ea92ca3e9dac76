package policy

const (
	// crowd is the most items that wait under overload, and a backlog is a standing
	// one when its oldest item has waited for as many gaps. Fewer drop more of what
	// varies, and of mixes of quick and slow items some below capacity; more make no
	// difference to those that are served.
	crowd = 50

	// crowdedTo is the ratio up to which so many are kept, enough at three times the
	// capacity for dozens of workers that come for an item at the same time.
	crowdedTo = 2.5

	// leastCrowd is how many may wait however much comes, and then nobody is
	// refused. With two, chance empties the queue.
	leastCrowd = 3

	// renewal is the part of the surplus that is admitted, in place of the
	// oldest: enough that at ten times the capacity those that wait are others after
	// a gap, and few enough that most refusals come at once.
	renewal = 0.4
)

// pressure measures how much more comes than is served, and says from it how many
// items are worth keeping under overload. The zero pressure has seen nothing.
//
// Those that wait are a reserve for when less comes. As the newest run first, an
// item with others before it is reached only if as many more run than come. That
// is a random walk against its drift: how far it strays falls with the inverse of
// the drift, and for how long with the square (Kingman, "The single server queue in
// heavy traffic", 1961). What is out of the question at ten times the capacity need
// not be at one and a half.
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
	ratio := max(p.ratio, crowdedTo)
	return max(leastCrowd, int(crowd*(crowdedTo*crowdedTo-1)/(ratio*ratio-1)))
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
