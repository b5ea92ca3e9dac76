package http1

import (
	"net/http"
	"runtime/debug"
)

// finish ends the response after the handler's return, and leaves its last
// bytes in the output.
func (x *Exchange) finish() {
	x.mu.Lock()
	defer x.mu.Unlock()
	late := !x.taken[writing] && x.isOverdue(writing)
	left, fault := x.shut()
	v := verdict{fault: fault}
	switch {
	case left == hijacked:
		v.ending = Hijacked
	case left == failed, late:
		v.ending, v.why = Failed, CauseWrite
	case left == undecided && fault != nil:
		v.ending, v.why = SentLast, CauseBad
		x.replace(x.answerTo(fault))
	default:
		v.clean = x.drainBody()
		x.last = x.last || !v.clean
		x.complete(left)
		v.ending, v.why = x.fate()
	}
	if v.ending <= SentLast && x.isUnfit() {
		v.ending, v.why, v.fault = SentLast, CauseBad, x.body.fault
		x.replace(x.answerTo(v.fault))
	}
	x.conclude(v)
}

// isUnfit reports whether the body was found to be malformed or too large. As
// long as nothing of another answer was sent, the client is told so, whatever the
// handler has made of it.
func (x *Exchange) isUnfit() bool {
	if x.state != done || x.body == nil || x.out.Sent() > 0 {
		return false
	}
	switch x.body.fault {
	case nil, faultBody, faultBodySlow: // it did not come
		return false
	}
	return true
}

// fate is what becomes of the connection after a response that is complete.
func (x *Exchange) fate() (Ending, Cause) {
	switch {
	case x.length >= 0 && x.written != x.length && x.head().Method != VerbHead:
		return SentLast, CauseHandler // the client waits for more, in vain
	case x.last:
		return SentLast, CauseResponse
	}
	return Sent, CauseNone
}

// abort ends the response of a handler that did not return. If none of it was
// sent and the handler did not ask for an abort, the client gets a 500.
func (x *Exchange) abort(panicked any) {
	v := verdict{why: CauseHandler}
	x.mu.Lock()
	defer x.mu.Unlock()
	if panicked != nil && panicked != http.ErrAbortHandler {
		x.noted().caught = &caught{panicked, debug.Stack()}
	}
	left, fault := x.shut()
	v.fault = fault
	switch {
	case left == hijacked:
		v.ending, v.why = Hijacked, CauseNone
	case panicked != http.ErrAbortHandler && x.out.Sent() == 0:
		v.ending = SentLast
		x.replace(handlerFailed)
	default:
		v.ending = Aborted
	}
	x.conclude(v)
}

// refuse answers a request that could not be built.
func (x *Exchange) refuse() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.state = done
	x.replace(x.answerTo(faultUnbuildable))
	x.conclude(verdict{ending: SentLast, why: CauseBad, fault: faultUnbuildable})
}

// shut ends what the handler can do with the exchange. It returns the state
// that it left, and why it could not read the body, if so. Nobody else touches
// transport, input and output after that: a goroutine that is in a Write or
// Hijack is waited for.
func (x *Exchange) shut() (left state, f *Fault) {
	x.turn(writing)
	if x.state == hijacked {
		return hijacked, nil
	}
	left, x.state = x.state, done
	if x.body != nil {
		f = x.body.fault
	}
	x.revoke()
	return left, f
}

// complete gathers what is left of the response.
func (x *Exchange) complete(left state) {
	if left == undecided {
		x.decide(http.StatusOK)
	}
	if left < headSent {
		x.finishHead(true, nil)
	}
	x.gather(nil)
	if x.chunked {
		x.writeLastChunk()
	}
}

// answerTo is the answer to a request with a fault.
func (x *Exchange) answerTo(f *Fault) *Prebuilt {
	if answer := x.cfg.Answer; answer != nil {
		return answer(f, []byte(x.req.Header.Get("Accept")))
	}
	return f.answer
}

// replace puts a prebuilt answer in the place of the response.
func (x *Exchange) replace(p *Prebuilt) {
	variant := SayClose
	if x.head().Method == VerbHead {
		variant |= HeadOnly
	}
	x.status = int16(p.Status)
	x.out.clear()
	x.out.SetStatic(p.Bytes(variant, x.cfg.Dates.Now()))
}

// conclude says how the exchange has ended.
func (x *Exchange) conclude(v verdict) {
	x.verdict = v
	if v.ending > SentLast {
		x.out.clear() // nobody sends it
	}
}

// drainBody reads what the handler has left of the body, and reports whether
// it was read to its end.
func (x *Exchange) drainBody() (clean bool) {
	if x.body == nil {
		return true
	}
	x.body.discard()
	return x.body.ended
}
