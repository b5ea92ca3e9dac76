package pool

import "time"

// Stats is one consistent snapshot of a [Pool]. Counters start at zero when the
// pool is made and only grow. The package comment has the laws that hold in
// every snapshot.
type Stats struct {
	Workers       int           // limit on running tasks
	Queue         int           // limit on waiting tasks
	Running       int           // tasks that run; above Workers only after the pool was resized down
	Waiting       int           // tasks that were admitted and wait for a worker
	OldestWaiting time.Duration // for how long the oldest of them has waited

	Submitted uint64                   // tasks whose admission was decided; those that Blocked counts are not among them yet
	Rejected  [NumRejectReasons]uint64 // of these, not admitted
	Dropped   [NumDropReasons]uint64   // admitted, and given up while they waited
	Started   uint64                   // admitted, and taken by a worker
	Completed [NumResults]uint64       // started, and ended

	Busy           time.Duration // time that workers have spent on tasks, running tasks included; a counter
	Unfinished     time.Duration // sum of the ages of running tasks
	LongestRunning time.Duration // age of the oldest running task

	ResizedUp   uint64 // calls of Resize that raised the limit
	ResizedDown uint64 // calls of Resize that lowered it

	// LibraryFailures counts what went wrong in the library below. It stays 0
	// unless there is a bug.
	LibraryFailures uint64
}

// Stats returns a snapshot of the pool. It holds the lock for a time that grows
// with the number of workers, about two nanoseconds for each.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	s := p.stats
	s.Workers = p.policy.Workers()
	s.Queue = p.config.queue()
	s.Running = p.policy.Running()
	s.Waiting = p.policy.Waiting()
	if s.Waiting > 0 {
		s.OldestWaiting = now - p.policy.Oldest()
	}
	s.Unfinished, s.LongestRunning = p.seats.ages(now)
	s.Busy += s.Unfinished
	s.LibraryFailures += p.libraryFailures()
	return s
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
