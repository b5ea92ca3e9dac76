package upstream

import (
	"fmt"
	"time"
)

// A Trace is a set of hooks that report what happens between a Handler and its
// backends, in the manner of [net/http/httptrace]. Any hook may be nil. They
// run on the goroutine of a request, concurrently, and must not block.
type Trace struct {
	// Done: a request has ended.
	Done func(Result)

	// Out: a backend is left out for a while because it cannot be connected
	// to; err says why.
	Out func(backend string, pause time.Duration, err error)

	// Back: a backend that was out can be connected to.
	Back func(backend string)
}

// A Result is what became of a request.
type Result struct {
	Outcome Outcome
	Backend string        // the last one that it was given to, "" if there was none
	Status  int           // of the answer, the backend's or ours; 0 if there was none
	Retries int           // times that it was sent, or was to be sent, once more
	Header  time.Duration // from when the Handler had it until a backend's head was there; 0 if none came
	Err     error         // why it was not served; nil if it was
}

// An Outcome is what became of a request. The documentation of the package has
// the statuses that go with it.
type Outcome uint8

// The outcomes.
const (
	OutcomeServed      Outcome = iota // the whole response was passed on
	OutcomeRefused                    // never sent: not for a backend
	OutcomeClient                     // the client left, or its body was bad
	OutcomeConnect                    // no backend could be connected to
	OutcomeBadResponse                // no response, or not one of HTTP
	OutcomeTimeout                    // no head of a response in time
	OutcomeBroken                     // the response ended before its end
	NumOutcomes
)

var outcomeNames = [NumOutcomes]string{"served", "refused", "client", "connect", "bad_response", "timeout", "broken"}

// String is the name of the outcome, fit for a metric label.
func (o Outcome) String() string {
	if o >= NumOutcomes {
		return fmt.Sprintf("unknown_%d", uint8(o))
	}
	return outcomeNames[o]
}
