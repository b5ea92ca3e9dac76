package pool

import "time"

// State says whether there is more work than can be done. It is a closed set.
type State uint8

// The states of a class, and of a pool.
const (
	Calm       State = iota // "calm": tasks are started soon
	Overloaded              // "overloaded": tasks are dropped, so that others are started soon
	NumStates               // the number of states
)

// String returns the state as the value of a metric's label.
func (s State) String() string {
	names := [NumStates]string{"calm", "overloaded"}
	return label(s, names[:])
}

// An Episode is a time of overload of one class.
type Episode struct {
	Class    string // its name
	Lasted   time.Duration
	Started  uint64 // tasks that were started meanwhile
	Rejected [NumRejectReasons]uint64
	Dropped  [NumDropReasons]uint64
	Saved    time.Duration // work that the drops have saved
	Capacity float64       // as in Load, at the end
}

// beginning is when an episode began, and what had been counted then.
type beginning struct {
	at time.Duration
	counters
}

// overload is told by the policy of a class that an episode begins or ends. The
// lock is held.
func (p *Pool) overload(class int, now time.Duration, overloaded bool) {
	c := &p.classes[class]
	if overloaded {
		c.began = beginning{now, c.counters}
	}
	if p.trace.OverloadBegan == nil && p.trace.OverloadEnded == nil {
		return
	}
	if overloaded {
		p.outbox.addEpisode(episode{Episode: Episode{Class: c.Name}})
		return
	}
	began := &c.began
	_, _, waiting := p.queue.Load(int32(class))
	e := episode{ended: true, Episode: Episode{
		Class:    c.Name,
		Lasted:   now - began.at,
		Started:  c.started - began.started,
		Rejected: c.rejected,
		Dropped:  c.dropped,
		Capacity: c.load(waiting.State(), now).Capacity,
	}}
	for i, n := range began.rejected {
		e.Rejected[i] -= n
	}
	for i, n := range began.dropped {
		e.Dropped[i] -= n
		e.Saved += c.saved[i] - began.saved[i]
	}
	p.outbox.addEpisode(e)
}

// episode is one that has begun or ended, to be told.
type episode struct {
	Episode
	ended bool
}

func (p *Pool) traceEpisode(e episode) {
	switch {
	case e.ended && p.trace.OverloadEnded != nil:
		defer p.report()
		p.trace.OverloadEnded(e.Episode)
	case !e.ended && p.trace.OverloadBegan != nil:
		defer p.report()
		p.trace.OverloadBegan(e.Class)
	}
}
