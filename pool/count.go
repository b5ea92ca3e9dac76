package pool

import (
	"time"

	"millpond/pool/internal/policy"
)

// class is what a pool knows of a class, beside what waits in its queue.
type class struct {
	Class
	counters
	began beginning // its last episode of overload
}

// counters are what is counted of a class. They are written here, under the
// lock.
type counters struct {
	submitted uint64
	rejected  [NumRejectReasons]uint64
	dropped   [NumDropReasons]uint64
	saved     [NumDropReasons]time.Duration
	started   uint64
	completed [NumResults]uint64
	busy      time.Duration

	away   int // tasks without a place
	asking int // tasks that were taken, and whose submitter is asked whether it has left
}

// admit counts a task that was admitted.
func (c *counters) admit() { c.submitted++ }

// reject counts a task that was not.
func (c *counters) reject(reason RejectReason) {
	c.submitted++
	c.rejected[reason]++
}

// drop counts a task that is given up, and what it would have cost.
func (c *counters) drop(reason DropReason, saved time.Duration) {
	c.dropped[reason]++
	c.saved[reason] += saved
}

// start counts a task that a worker is about to run.
func (c *counters) start() { c.started++ }

// complete counts a task that has ended.
func (c *counters) complete(result Result) { c.completed[result]++ }

// work adds time for which a task had a worker.
func (c *counters) work(ran time.Duration) { c.busy += ran }

// countAsking counts a task whose submitter is asked, or was: by one more or one less.
func (c *counters) countAsking(change int) { c.asking += change }

// countAway counts a task that has left its place, or has one again: by one more or
// one less.
func (c *counters) countAway(change int) { c.away += change }

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
	c := &p.classes[class]
	s.Name, s.Workers = c.Name, c.Workers
	running, run, waiting := p.queue.Load(int32(class))
	s.Running, s.Away = running-c.asking, c.away
	s.Waiting = waiting.Len() + c.asking
	if waiting.Len() > 0 {
		s.OldestWaiting = now - waiting.Oldest()
	}
	s.Submitted, s.Rejected = c.submitted, c.rejected
	s.Dropped, s.Saved = c.dropped, c.saved
	s.Started, s.Completed, s.Busy, s.MeanRun = c.started, c.completed, c.busy, run
	s.Load = c.load(waiting.State(), now)
}

// load is the load of a class in a state.
func (c *class) load(s policy.State, now time.Duration) Load {
	l := Load{For: now - s.Since, Episodes: s.Episodes, Total: s.Total}
	if s.Overloaded {
		l.State = Overloaded
		l.Total += l.For
		l.Refused = c.allRefused() - c.began.allRefused()
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
