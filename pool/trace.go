package pool

import "time"

// Trace holds optional hooks, called when something happens to a task. A nil
// hook costs nothing.
//
// Hooks are called without locks, by the goroutine that did the deed, and so
// from many goroutines at once; the hooks of one task may overtake each other.
// They must be quick, since submitters and workers wait for them, and must not
// panic.
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
}

func (t *Trace) queued(depth int) {
	if t.Queued != nil {
		t.Queued(depth)
	}
}

func (t *Trace) started(waited time.Duration) {
	if t.Started != nil {
		t.Started(waited)
	}
}

func (t *Trace) dropped(waited time.Duration, reason DropReason) {
	if t.Dropped != nil {
		t.Dropped(waited, reason)
	}
}

func (t *Trace) completed(ran time.Duration, result Result) {
	if t.Completed != nil {
		t.Completed(ran, result)
	}
}
