package policy

import "time"

// State is what a discipline knows about its load.
type State struct {
	Overloaded bool
	Since      time.Duration // when it became so, or ceased to be
	Episodes   uint64        // how often it was overloaded, now included
	Total      time.Duration // for how long, finished episodes only
	Gap        time.Duration // mean time between two dequeues while items wait, 0 if unknown
}

// Events are the functions that a discipline calls, in the middle of whichever
// method has found a reason.
type Events struct {
	// Drop gets an item that is given up.
	Drop func(Item, Drop)

	// Overload is told when the discipline becomes overloaded, and when it
	// ceases to be.
	Overload func(now time.Duration, overloaded bool)
}
