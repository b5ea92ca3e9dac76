// Package policy decides which tasks of a pool are admitted, which of them runs
// next, and which are dropped.
//
// A [Scheduler] shares the workers out among classes of tasks; a [Discipline]
// orders the tasks of one class. All of it is pure: it starts no goroutine,
// takes no lock and reads no clock. The time is passed in, as the duration since
// a moment that the caller chooses, and never runs backwards. Thus the same code
// works in a pool under its lock, and in a simulator. Nothing in this package is
// safe for concurrent use.
package policy

import (
	"math"
	"time"
)

// Forever is a time that never comes.
const Forever time.Duration = math.MaxInt64

// An Item is a task as the policies see it.
type Item struct {
	ID       int32         // tells it from others that wait; the caller's business
	Class    int32         // index of its class in the Scheduler
	Patient  bool          // its submitter waits for room; it is refused for nothing else
	At       time.Duration // when it was admitted
	Deadline time.Duration // when its result is of no use any more, or Forever
	Key      uint64        // the client it belongs to, 0 if unknown
}

// A Refusal says why an item was not admitted.
type Refusal uint8

// The ways in which Admit decides.
const (
	Admitted Refusal = iota // it was admitted
	Full                    // as many wait as may
	Paced                   // the class is overloaded, and newer items would take its place
	TooLate                 // it would wait beyond its deadline
)

// A Drop says why an admitted item was given up.
type Drop uint8

// The reasons for which a discipline drops an item.
const (
	PushedOut Drop = iota // newer ones take its place under overload
	Waited                // it has waited for too long
	Missed                // its deadline has passed
)

// A Discipline queues the items of one class.
//
// Items that it drops go to its [Events].
type Discipline interface {
	// Admit queues the item, or says why not. Free is the number of workers
	// that could take items of the class right now; it may be negative.
	Admit(now time.Duration, item Item, free int) Refusal

	// Room reports whether Admit would take a patient item.
	Room(free int) bool

	// Next removes the item that is to run now.
	Next(now time.Duration) (item Item, ok bool)

	// Sweep drops what must not wait any longer. It returns when the next item
	// may be due, or Forever.
	Sweep(now time.Duration) (again time.Duration)

	// Len is the number of items that wait.
	Len() int

	// Oldest is when the item that waits longest was admitted, or Forever.
	Oldest() time.Duration

	// State is what is known about the load.
	State() State

	// Clear removes every item, oldest first.
	Clear(removed func(Item))
}
