package pool

import "time"

// Trace holds optional hooks, called when something happens to a task. A nil
// hook costs nothing.
//
// Hooks are called without locks, by the goroutine that made it happen, and so
// from many goroutines at once; the hooks of one task may overtake each other.
// They must be quick, since submitters and workers wait for them. A panic in one
// is reported as one in a task.
type Trace struct {
	// Queued is called when a task was admitted. Depth is the number of tasks
	// that waited then, this one included.
	Queued func(depth int)

	// Started is called when a worker is about to run a task that waited for
	// so long.
	Started func(waited time.Duration)

	// Dropped is called when an admitted task that waited for so long was
	// dropped instead of run.
	Dropped func(waited time.Duration, reason DropReason)

	// Completed is called when a task that ran for so long has ended and given
	// its worker back.
	Completed func(ran time.Duration, result Result)

	// OverloadBegan is called when a class becomes overloaded, and
	// OverloadEnded when it ceases to be: in this order for each class, and
	// never concurrently.
	OverloadBegan func(class string)
	OverloadEnded func(Episode)
}

func (p *Pool) traceQueued(depth int) {
	if p.trace.Queued != nil {
		defer p.report()
		p.trace.Queued(depth)
	}
}

func (p *Pool) traceStarted(waited time.Duration) {
	if p.trace.Started != nil {
		defer p.report()
		p.trace.Started(waited)
	}
}

func (p *Pool) traceDropped(waited time.Duration, reason DropReason) {
	if p.trace.Dropped != nil {
		defer p.report()
		p.trace.Dropped(waited, reason)
	}
}

func (p *Pool) traceCompleted(ran time.Duration, result Result) {
	if p.trace.Completed != nil {
		defer p.report()
		p.trace.Completed(ran, result)
	}
}
