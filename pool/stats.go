package pool

import "time"

// Stats is one consistent snapshot of a [Pool]. Counters start at zero when the
// pool is made and only grow. The package comment has the laws that hold in
// every snapshot.
type Stats struct {
	Workers       int           // limit on running tasks
	Queue         int           // limit on waiting tasks, in each class
	Running       int           // tasks that run; above Workers only after the pool was resized down
	Away          int           // tasks that run without a place, by Leave
	Waiting       int           // tasks that were admitted and wait for a worker
	OldestWaiting time.Duration // for how long the oldest of them has waited

	Submitted uint64                   // tasks whose admission was decided; those that Blocked counts are not among them yet
	Rejected  [NumRejectReasons]uint64 // of these, not admitted
	Dropped   [NumDropReasons]uint64   // admitted, and given up while they waited
	Started   uint64                   // admitted, and taken by a worker
	Completed [NumResults]uint64       // started, and ended

	// Saved is the work that drops have saved: for each task, the mean time
	// that those of its class run.
	Saved [NumDropReasons]time.Duration

	Busy           time.Duration // time that workers have spent on tasks, running tasks included; a counter
	Unfinished     time.Duration // sum of the ages of running tasks
	LongestRunning time.Duration // age of the oldest running task

	// Load is the load of all classes: overloaded if one of them is.
	Load Load

	// Classes has the default class and those of Config.Classes.
	Classes []ClassStats

	Live        int    // workers that exist: they run a task, are in a callback, or look for a task
	GateHeld    uint64 // how often Config.Gate has held a worker back
	GateRetired uint64 // how often it has ended one
	ResizedUp   uint64 // calls of Resize that raised the limit
	ResizedDown uint64 // calls of Resize that lowered it

	// LibraryFailures counts what went wrong in the library below. It stays 0
	// unless there is a bug.
	LibraryFailures uint64
}

// ClassStats is the part of a class in [Stats]. Fields mean the same.
type ClassStats struct {
	Name          string
	Workers       int // those kept for the class, 0 if none
	Running       int
	Away          int
	Waiting       int
	OldestWaiting time.Duration

	Submitted uint64
	Rejected  [NumRejectReasons]uint64
	Dropped   [NumDropReasons]uint64
	Started   uint64
	Completed [NumResults]uint64
	Saved     [NumDropReasons]time.Duration
	Busy      time.Duration // of tasks that have ended
	MeanRun   time.Duration // mean time that a task runs, of late; 0 if unknown

	Load Load
}

// Load is what a pool knows about overload. Only Adaptive finds any.
type Load struct {
	State    State
	For      time.Duration // for how long it has been in this state
	Episodes uint64        // of overload, one under way included
	Total    time.Duration // time in overload so far

	// Refused is the number of tasks that were rejected or dropped in the
	// episode under way.
	Refused uint64

	// Capacity is the rate at which tasks were started of late while others
	// waited, in tasks per second; 0 if none have waited yet.
	Capacity float64
}

// Stats returns a snapshot of the pool. It holds the lock for a time that grows
// with the number of workers, about two nanoseconds for each, and allocates the
// slice of the classes.
func (p *Pool) Stats() Stats {
	s := Stats{Queue: p.config.queue(), Classes: make([]ClassStats, len(p.classes))}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for i := range s.Classes {
		c := &s.Classes[i]
		p.fill(c, i, now)
		s.add(c)
	}
	s.Load = loadOf(s.Classes)
	s.Workers = p.queue.Workers()
	s.Unfinished, s.LongestRunning = p.running.ages(now)
	s.Busy += s.Unfinished
	s.Live = p.tickets.live
	s.GateHeld, s.GateRetired = p.tickets.gate.Held, p.tickets.gate.Retired
	s.ResizedUp, s.ResizedDown = p.tickets.raised, p.tickets.lowered
	s.LibraryFailures = p.tickets.failures()
	return s
}
