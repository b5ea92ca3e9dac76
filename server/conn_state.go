package server

import "millpond/server/internal/poll"

// A state says where a connection is on its way, who owns it there, and what
// it waits for while it is parked. The diagram is in the package comment.
type state uint8

const (
	stateNew       state = iota // accepted; waits for the first byte
	stateReading                // part of a head has come; waits for more
	stateIdle                   // kept alive; waits for the next request
	stateBlocked                // readable, but left unread until the pool has room; the pool owns it
	stateBuffering              // the body is read ahead; waits for more
	stateAdmitting              // its request is whole, or as much of it as is read ahead
	stateQueued                 // its request waits for a worker; the pool owns it
	stateServing                // a handler answers its request; a worker owns it
	stateReplying               // an answer goes out; waits until the client takes more
	stateLingering              // it had its last answer; waits until the client has read it
	stateHijacked               // a handler has taken it
	stateClosed
	numStates
)

var stateNames = [numStates]string{"new", "reading", "idle", "blocked", "buffering", "admitting", "queued", "serving",
	"replying", "lingering", "hijacked", "closed"}

func (s state) String() string { return label(s, stateNames[:]) }

// publicState is what Stats and Trace call a state.
var publicState = [numStates]State{
	stateNew: StateNew, stateReading: StateReading, stateIdle: StateIdle, stateBlocked: StateReading,
	stateBuffering: StateReading, stateAdmitting: StateActive, stateQueued: StateActive, stateServing: StateActive, stateReplying: StateActive,
	stateLingering: StateClosing, stateHijacked: StateActive, stateClosed: StateClosing,
}

// A stateSet is a set of states.
type stateSet uint16

func states(all ...state) (set stateSet) {
	for _, s := range all {
		set |= 1 << s
	}
	return set
}

// moves are the transitions that there are. Every state but the last can end in
// stateClosed.
var moves = [numStates]stateSet{
	stateNew:       states(stateReading, stateBlocked, stateBuffering, stateAdmitting, stateReplying, stateClosed),
	stateReading:   states(stateBlocked, stateBuffering, stateAdmitting, stateReplying, stateClosed),
	stateIdle:      states(stateReading, stateBlocked, stateBuffering, stateAdmitting, stateReplying, stateClosed),
	stateBlocked:   states(stateReading, stateIdle, stateClosed),
	stateBuffering: states(stateAdmitting, stateReplying, stateClosed),
	stateAdmitting: states(stateQueued, stateServing, stateReplying, stateClosed),
	stateQueued:    states(stateServing, stateReplying, stateClosed),
	stateServing:   states(stateReplying, stateHijacked, stateClosed),
	stateReplying:  states(stateReading, stateIdle, stateLingering, stateClosed),
	stateLingering: states(stateClosed),
	stateHijacked:  states(stateClosed),
}

// waitsFor returns the signals that end the parking of a connection in s, or
// none if it is never parked there.
func (s state) waitsFor() poll.Signals {
	switch s {
	case stateNew, stateIdle, stateLingering:
		return poll.Readable | poll.Reset | poll.Expired
	case stateReading, stateBuffering:
		return poll.Readable | poll.Reset | poll.Expired | poll.Squeezed
	case stateReplying:
		return poll.Writable | poll.Reset | poll.Expired
	}
	return 0
}
