// Package poll has what connections wait on: the parking of connections that
// nobody works on ([Parking]), the poller that wakes them ([Poller], on Linux),
// and the links that carry their bytes ([Socket], [Stream]). It knows nothing
// of HTTP but the contract of a transport, and nothing of who is woken.
package poll

import "sync/atomic"

// Signals are what can happen to a connection, as a set.
type Signals uint32

// The signals.
const (
	Readable   Signals = 1 << iota // input, or its end, came since the owner last looked
	Writable                       // room for output came
	HalfClosed                     // the client has sent its last byte
	Reset                          // the connection is dead, both ways
	Expired                        // its timer ran out
	Squeezed                       // its memory is wanted for others

	closed // the connection is closed: every later signal is void

	waitShift = 8 // the signals waited for stand above those that have come
)

// A Parking is where a connection waits without an owner. While it is parked
// nobody owns the connection; whoever sends a signal that it waits for owns it
// alone from then on, until it is parked again, handed on, or closed. A signal
// that comes meanwhile stays, and the owner finds it when it wants to park: no
// wake-up is lost, and none happens twice.
//
// The zero Parking belongs to its maker and has no signals. All methods are
// safe for concurrent use; Park, Clear and Close are for the owner.
type Parking struct {
	word atomic.Uint32 // signals that have come, and above them those waited for; none if it is not parked
}

// Signal leaves signals, and reports whether that has ended the parking: the
// connection is the caller's then.
func (p *Parking) Signal(s Signals) (resumed bool) {
	for {
		old := p.word.Load()
		if old&uint32(closed) != 0 {
			return false
		}
		next := old | uint32(s)
		resumed = next&(old>>waitShift) != 0
		if resumed {
			next &= 1<<waitShift - 1
		}
		if p.word.CompareAndSwap(old, next) {
			return resumed
		}
	}
}

// Park gives the connection up until one of signals comes. It does not, and
// reports false, when one of them is there already.
func (p *Parking) Park(signals Signals) bool {
	for {
		old := p.word.Load()
		if old&uint32(signals) != 0 {
			return false
		}
		if p.word.CompareAndSwap(old, old|uint32(signals)<<waitShift) {
			return true
		}
	}
}

// Unpark takes the connection back for who has parked it, and reports whether
// nobody else has taken it meanwhile.
func (p *Parking) Unpark() bool {
	for {
		old := p.word.Load()
		if old>>waitShift == 0 {
			return false
		}
		if p.word.CompareAndSwap(old, old&(1<<waitShift-1)) {
			return true
		}
	}
}

// Parked returns the signals that the connection is parked for, or none.
func (p *Parking) Parked() Signals { return Signals(p.word.Load() >> waitShift) }

// Has reports whether one of signals has come and was not cleared.
func (p *Parking) Has(s Signals) bool { return p.word.Load()&uint32(s) != 0 }

// Clear forgets signals, before the owner looks for what they stand for.
func (p *Parking) Clear(s Signals) {
	if p.Has(s) { // most often not, and to look costs less
		p.word.And(^uint32(s))
	}
}

// Set leaves signals on a connection that the caller owns.
func (p *Parking) Set(s Signals) { p.word.Or(uint32(s)) }

// Close voids all signals from now on.
func (p *Parking) Close() { p.word.Store(uint32(closed)) }
