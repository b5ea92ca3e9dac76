package policy

import (
	"math/rand/v2"
	"time"
)

// The constants of Adaptive. They were measured on a server with handlers of
// 1 ms and 5 ms of CPU time and of 50 ms of waiting, and in the simulator with
// constant, exponential and bimodal service times.
const (
	// A standing backlog is at least so long, below which nobody minds, and at most
	// so long, above which clients give up.
	leastStanding = 125 * time.Millisecond
	mostStanding  = 250 * time.Millisecond

	// calmGaps is for how many gaps the queue stays empty when an overload is over:
	// after one, chance ends one in twenty lulls too soon, after more it lasts longer
	// than it must.
	calmGaps = 2
)

// Adaptive bounds the time for which items wait, not their number, so that it
// needs no tuning. While items are served soon, they run in the order in which
// they came. When the oldest has waited for too long, there is more work than
// the workers can do, and whatever the order, some must be dropped; then the
// newest run first, so that those that are served are served fast, and clients
// get their shares. Of the others most are refused on arrival, and the oldest are
// pushed out, the sooner the more there is to do: see pressure. That lasts until
// the queue has been empty for as long as it takes to serve two items; workers that
// come for one at the same time are not the end of it.
//
// The idea of two modes is that of adaptive LIFO and CoDel in "Fail at Scale"
// (Maurer, ACM Queue 13(8), 2015); bounds in gaps instead of milliseconds and
// the age of the oldest as the signal make it work for slow items and under
// LIFO.
type Adaptive struct {
	list
	gaps
	pressure
	most     int           // items that wait
	patience time.Duration // of the user, or 0
	youth    time.Duration // the least age of a standing backlog, whatever comes
	events   Events
	fair     fairness
	empty    time.Duration // since when, if it is and was overloaded before, or 0
	state    State
}

var _ Discipline = (*Adaptive)(nil)

// NewAdaptive returns an Adaptive in which at most so many items wait, to bound
// memory, for no longer than patience. If patience is zero, it is between a
// quarter and half a second. The source of random numbers seeds hashes.
func NewAdaptive(most int, patience time.Duration, source rand.Source, events Events) *Adaptive {
	youth := leastStanding
	if patience > 0 {
		youth = min(youth, patience/2)
	}
	return &Adaptive{most: most, patience: patience, youth: youth, events: events, fair: fairness{rnd: rand.New(source)}}
}

// waits returns for how long the oldest item may wait until the backlog is a
// standing one, and any item at most. If twice as much comes as is served, the
// backlog is one at half of the most, and if more comes sooner, but no sooner than
// anybody minds: nobody is refused until then. A burst or a few slow items leave
// one behind that is worked off, and without loss if the order stays: it is given
// more time the less comes meanwhile.
func (a *Adaptive) waits() (standing, most time.Duration) {
	most = a.patience
	if most == 0 {
		most = 2 * min(max(crowd*a.mean, leastStanding), mostStanding)
	}
	standing = time.Duration(float64(most) / max(a.ratio, 1))
	return max(standing, a.youth), most
}

// Admit queues the item, unless too many wait or it would wait in vain.
func (a *Adaptive) Admit(now time.Duration, item Item, free int) Refusal {
	a.settle(now)
	a.came()
	if a.state.Overloaded {
		a.fair.came(item.Key)
	}
	if why := a.refuse(now, item, free); why != Admitted {
		return why
	}
	a.push(item)
	a.empty = 0
	if a.state.Overloaded {
		a.fair.queued(item.Key)
		a.pushOut(a.places())
	}
	return Admitted
}

func (a *Adaptive) refuse(now time.Duration, item Item, free int) Refusal {
	switch {
	case !a.Room(free):
		return Full
	case item.Patient:
		return Admitted
	case item.Deadline <= now+a.wait(free):
		return TooLate
	case a.state.Overloaded && a.size >= leastCrowd && !a.fair.modest(item.Key, a.ratio) && !a.admits():
		return Paced
	}
	return Admitted
}

// wait is for how long an item that comes now is going to wait.
func (a *Adaptive) wait(free int) time.Duration {
	if a.state.Overloaded {
		return 0
	}
	return time.Duration(max(0, a.size-max(0, free))) * a.mean
}

// Room reports whether one more may wait.
func (a *Adaptive) Room(free int) bool { return a.size-free < a.most }

// Next removes the oldest item or, under overload, that of whom fairness says so.
func (a *Adaptive) Next(now time.Duration) (item Item, ok bool) {
	a.settle(now)
	if a.size == 0 {
		return Item{}, false
	}
	place := a.oldest()
	if a.state.Overloaded {
		place = a.fair.pick(&a.list, a.ratio)
	}
	item = a.take(place)
	a.dequeued(now, a.size)
	a.served()
	if a.size == 0 {
		a.emptied(now)
	}
	return item, true
}

// Sweep drops what has waited for too long, or beyond its deadline.
func (a *Adaptive) Sweep(now time.Duration) (again time.Duration) {
	a.settle(now)
	switch {
	case a.size == 0 && a.state.Overloaded:
		return a.empty + calmGaps*a.mean
	case a.size == 0:
		return Forever
	}
	wait, most := a.waits()
	if a.state.Overloaded {
		wait = most
	}
	return min(a.Oldest()+wait, a.deadline())
}

// State returns what is known about the load.
func (a *Adaptive) State() State {
	s := a.state
	s.Gap = a.mean
	return s
}

// settle brings the state up to date, and drops what has waited for too long, or
// beyond its deadline.
func (a *Adaptive) settle(now time.Duration) {
	if a.size > 0 && !a.isYoung(now) {
		a.age(now)
	}
	if a.size == 0 {
		a.emptied(now)
	}
}

// isYoung reports whether age has nothing to do, as most often: it costs less to
// ask.
func (a *Adaptive) isYoung(now time.Duration) bool {
	return !a.state.Overloaded && len(a.heap) == 0 && now-a.Oldest() < a.youth
}

// age is settle while items wait.
func (a *Adaptive) age(now time.Duration) {
	standing, most := a.waits()
	for place, late := a.late(now); late; place, late = a.late(now) {
		a.events.Drop(a.take(place), Missed)
	}
	if !a.state.Overloaded && a.size > 0 && now-a.Oldest() >= standing {
		a.state.Episodes++
		a.turn(now, true)
		a.fair.begin(now, &a.list)
		a.pushOut(crowd)
	}
	for a.size > 0 && now-a.Oldest() >= most {
		a.events.Drop(a.take(a.oldest()), Waited)
	}
	if a.size > 0 && a.state.Overloaded && now-a.fair.seeded >= reseedAfter {
		a.fair.begin(now, &a.list)
	}
}

// emptied says that no item waits: if none has for two gaps, there is no overload.
func (a *Adaptive) emptied(now time.Duration) {
	a.waiting = false
	if !a.state.Overloaded {
		return
	}
	if a.empty == 0 {
		a.empty = now
	}
	if now-a.empty >= calmGaps*a.mean {
		a.state.Total += now - a.state.Since
		a.turn(now, false)
	}
}

func (a *Adaptive) turn(now time.Duration, overloaded bool) {
	a.state.Overloaded, a.state.Since = overloaded, now
	a.events.Overload(now, overloaded)
}

// pushOut drops the oldest items of the clients that have most waiting, until no
// more wait than there are places.
func (a *Adaptive) pushOut(places int) {
	for a.size > places {
		bound := a.fair.bound(&a.list, a.size-places)
		for place := a.oldest(); place != root && a.size > places; {
			newer := a.nodes[place].newer
			if a.fair.of(a.nodes[place].item.Key).waiting > bound {
				a.events.Drop(a.take(place), PushedOut)
			}
			place = newer
		}
	}
}

// take removes the item from the list, and from the account of its client.
func (a *Adaptive) take(place int32) Item {
	item := a.remove(place)
	if a.state.Overloaded {
		a.fair.left(item.Key)
	}
	return item
}
