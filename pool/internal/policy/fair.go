package policy

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	// numFlows is how many flows clients are hashed to, a power of two: two
	// clients share one with a probability of one in four thousand.
	numFlows = 1 << flowBits
	flowBits = 12

	// reseedAfter bounds for how long two clients share a flow (the sfq of Linux
	// calls it perturb).
	reseedAfter = time.Minute

	// halveAfter is the number of arrivals after which what is known of the
	// past counts half: several for each flow.
	halveAfter = 16 * numFlows
)

// fairness keeps the accounts of clients under overload, by stochastic fair
// queueing (McKenney, INFOCOM 1990): keys are hashed to a fixed number of flows,
// so that memory is bounded whatever the number of clients, with a seed that
// changes, so that nobody collides with the same others for long, or can arrange
// to.
type fairness struct {
	flows   []flow
	rnd     *rand.Rand
	seed    [2]uint64
	seeded  time.Duration // when
	active  int           // flows with items that wait
	seen    int           // flows with arrivals
	arrived int           // arrivals of all flows, as the flows count them
	recent  int           // arrivals since the counts were halved
}

// flow is the account of the clients that share a hash.
type flow struct {
	waiting int32 // items that wait
	arrived int32 // recent arrivals, those that were refused included
	served  int32 // recent dequeues
}

// begin enters the items that wait in the accounts. These are new, with a new
// seed, when the old ones are of some age.
func (f *fairness) begin(now time.Duration, l *list) {
	if f.flows == nil || now-f.seeded >= reseedAfter {
		flows := f.flows
		if flows == nil {
			flows = make([]flow, numFlows)
		}
		clear(flows)
		*f = fairness{flows: flows, rnd: f.rnd, seed: [2]uint64{f.rnd.Uint64(), f.rnd.Uint64() | 1}, seeded: now}
	}
	for i := range f.flows {
		f.flows[i].waiting = 0
	}
	f.active = 0
	for place, left := l.oldest(), l.size; left > 0; left-- {
		f.came(l.nodes[place].item.Key)
		f.queued(l.nodes[place].item.Key)
		place = l.nodes[place].newer
	}
}

// of returns the account of a key. The mixing is that of splitmix64, with the
// seed between its rounds, so that collisions cannot be had without it.
func (f *fairness) of(key uint64) *flow {
	h := (key ^ f.seed[0]) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * f.seed[1]
	h = (h ^ h>>31) * 0x94d049bb133111eb
	return &f.flows[h>>(64-flowBits)]
}

// came takes note of an arrival.
func (f *fairness) came(key uint64) {
	flow := f.of(key)
	if flow.arrived == 0 {
		f.seen++
	}
	flow.arrived++
	f.arrived++
	if f.recent++; f.recent >= halveAfter {
		f.halve()
	}
}

// halve lets the past fade.
func (f *fairness) halve() {
	f.recent, f.arrived, f.seen = 0, 0, 0
	for i := range f.flows {
		flow := &f.flows[i]
		flow.arrived /= 2
		flow.served /= 2
		f.arrived += int(flow.arrived)
		if flow.arrived > 0 {
			f.seen++
		}
	}
}

// share is how often a client may have come that asks for no more than its share
// of what is served, which is one part in ratio of what comes: as often as that,
// and more by the standard deviation of a client that comes at random so often. It
// is 0 if there is less than one for each, and so no telling who asks for more.
func (f *fairness) share(ratio float64) int32 {
	mean := float64(f.arrived) / max(float64(f.seen)*ratio, float64(f.seen))
	if mean < 1 {
		return 0
	}
	return int32(mean + math.Sqrt(mean))
}

// modest reports whether a client asks for no more than its share.
func (f *fairness) modest(key uint64, ratio float64) bool { return f.of(key).arrived <= f.share(ratio) }

// queued takes note of an item that waits.
func (f *fairness) queued(key uint64) {
	flow := f.of(key)
	if flow.waiting == 0 {
		f.active++
	}
	flow.waiting++
}

// left takes note of an item that waits no more.
func (f *fairness) left(key uint64) {
	flow := f.of(key)
	if flow.waiting--; flow.waiting == 0 {
		f.active--
	}
}

// pick returns the place of the item to serve: the oldest of the modest clients,
// who can all be served, or else, of those whose clients were served least, the
// newest. The list must not be empty.
func (f *fairness) pick(l *list, ratio float64) (place int32) {
	place = l.newest()
	if f.active > 1 {
		place = f.choose(l, f.share(ratio))
	}
	f.of(l.nodes[place].item.Key).served++
	return place
}

func (f *fairness) choose(l *list, share int32) (place int32) {
	least := int32(math.MaxInt32)
	for at := l.oldest(); at != root; at = l.nodes[at].newer {
		flow := f.of(l.nodes[at].item.Key)
		if flow.arrived <= share {
			return at
		}
		if flow.served <= least {
			place, least = at, flow.served
		}
	}
	return place
}

// bound is how many items of a client may wait if so many are to go: those that go
// are of whom has most (McKenney's buffer stealing), but it is not brought below
// half of what it has at once, as others may have as many.
func (f *fairness) bound(l *list, over int) int32 {
	most := int32(l.size)
	if f.active > 1 {
		most = 0
		for at := l.oldest(); at != root; at = l.nodes[at].newer {
			most = max(most, f.of(l.nodes[at].item.Key).waiting)
		}
	}
	return max(most/2, most-int32(over))
}
