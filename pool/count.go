package pool

import (
	"time"

	"millpond/pool/internal/policy"
)

// counters are what is counted of a class.
type counters struct {
	submitted uint64
	rejected  [NumRejectReasons]uint64
	dropped   [NumDropReasons]uint64
	saved     [NumDropReasons]time.Duration
	started   uint64
	completed [NumResults]uint64
	busy      time.Duration

	away    int    // tasks without a place
	asking  int    // tasks that were taken, and whose submitter is asked whether it has left
	refused uint64 // tasks rejected and dropped before the episode under way
}

// reject counts a task that was not admitted. The lock is held.
func (p *Pool) reject(class int, reason RejectReason) {
	p.counters[class].submitted++
	p.counters[class].rejected[reason]++
}

// allRefused is the number of tasks that were rejected or dropped so far.
func (c *counters) allRefused() (n uint64) {
	for _, r := range c.rejected {
		n += r
	}
	for _, d := range c.dropped {
		n += d
	}
	return n
}

// fill fills in what is known of a class. The lock is held.
func (p *Pool) fill(s *ClassStats, class int, now time.Duration) {
	c := &p.counters[class]
	s.Name, s.Workers = p.classes[class].Name, p.classes[class].Workers
	running, run, waiting := p.policy.Load(int32(class))
	s.Running, s.Away = running-c.asking, c.away
	s.Waiting = waiting.Len() + c.asking
	if waiting.Len() > 0 {
		s.OldestWaiting = now - waiting.Oldest()
	}
	s.Submitted, s.Rejected = c.submitted, c.rejected
	s.Dropped, s.Saved = c.dropped, c.saved
	s.Started, s.Completed, s.Busy, s.MeanRun = c.started, c.completed, c.busy, run
	s.Load = p.load(class, waiting.State(), now)
}

// load is the load of a class. The lock is held.
func (p *Pool) load(class int, s policy.State, now time.Duration) Load {
	l := Load{For: now - s.Since, Episodes: s.Episodes, Total: s.Total}
	if s.Overloaded {
		l.State = Overloaded
		l.Total += l.For
		l.Refused = p.counters[class].allRefused() - p.counters[class].refused
	}
	if s.Gap > 0 {
		l.Capacity = float64(time.Second) / float64(s.Gap)
	}
	return l
}

// add adds a class to the totals.
func (s *Stats) add(c *ClassStats) {
	s.Running += c.Running
	s.Away += c.Away
	s.Waiting += c.Waiting
	s.OldestWaiting = max(s.OldestWaiting, c.OldestWaiting)
	s.Submitted += c.Submitted
	s.Started += c.Started
	s.Busy += c.Busy
	for i := range c.Rejected {
		s.Rejected[i] += c.Rejected[i]
	}
	for i := range c.Dropped {
		s.Dropped[i] += c.Dropped[i]
		s.Saved[i] += c.Saved[i]
	}
	for i := range c.Completed {
		s.Completed[i] += c.Completed[i]
	}
}

// loadOf is the load of several classes: one that is overloaded outweighs those
// that are not, and the longest overload or the shortest calm counts.
func loadOf(classes []ClassStats) Load {
	all := classes[0].Load
	for i := range classes[1:] {
		l := &classes[i+1].Load
		switch {
		case l.State > all.State:
			all.State, all.For = l.State, l.For
		case l.State == all.State && l.State == Overloaded:
			all.For = max(all.For, l.For)
		case l.State == all.State:
			all.For = min(all.For, l.For)
		}
		all.Episodes += l.Episodes
		all.Total += l.Total
		all.Refused += l.Refused
		all.Capacity += l.Capacity
	}
	return all
}

// libraryFailures is the number of tickets that pond saw fail. Pond also counts
// one that runtime.Goexit has ended, a little after it is counted here; the
// highest difference seen is kept, so that the counter never falls. The lock is
// held.
func (p *Pool) libraryFailures() uint64 {
	if failed := p.spawner.FailedTasks(); failed > p.exits {
		p.failed = max(p.failed, failed-p.exits)
	}
	return p.failed
}
