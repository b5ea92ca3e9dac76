package server

import (
	"net/http"
	"time"
)

// finish ends the response after the handler's return, and leaves its last
// bytes with the connection.
func (w *response) finish() {
	if w.isOver() {
		return // hijacked
	}
	if f := w.bodyFault(); f != nil && !w.hasStatus() {
		w.replace(w.conn.engine.answers.refusal[f], CloseBad)
		return
	}
	clean := w.body == nil || w.body.over(true)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = w.last || !clean
	w.complete()
	c := w.conn
	c.last = CloseResponse
	if w.length >= 0 && w.written != w.length && w.req.Method != http.MethodHead {
		w.last = true // the client waits for more, in vain
		c.last = CloseHandler
	}
	if w.err != nil {
		w.fail(CloseWrite)
		return
	}
	c.unsent, c.out, c.closing, c.clean = w.out.wire, w.out, w.last, clean
	w.sent += int64(len(c.unsent))
	w.out = nil
	w.end()
	c.reply = w
}

// complete gathers what is left of the response.
func (w *response) complete() {
	if w.status == 0 {
		w.decide(http.StatusOK)
	}
	if !w.headSent {
		w.finishHead(true, nil)
	}
	w.gather(nil)
	if w.chunked {
		w.writeLastChunk()
	}
}

// end closes the books on the response, but for the report. It is called once,
// with mu held.
func (w *response) end() {
	c := w.conn
	c.serving.Store(nil)
	w.deadlines.end(c.link)
	w.began = c.in.began
	w.received = int64(c.in.scan.head.size)
	if w.body != nil {
		w.received += w.body.size.Load()
	}
	c.engine.counters.inFlight.Add(-1)
}

// report tells the trace of the response, which ended at now.
func (w *response) report(now time.Duration) {
	w.conn.report(Request{Method: w.req.Method, Route: w.req.Pattern, Status: w.status,
		Received: w.received, Sent: w.sent, Duration: now - w.began})
}

// fail gives the response up, and the connection with it, which reports it when
// it is closed.
func (w *response) fail(why CloseReason) {
	w.out.recycle()
	w.out = nil
	w.end()
	if w.sent == 0 {
		w.status = 0 // it was decided, but nobody got it
	}
	c := w.conn
	c.in.ending, c.last, c.reply = endClose, why, w
}

// abort ends the response of a handler that did not return. If none of it was
// sent and the handler did not ask for an abort, the client gets a 500.
func (w *response) abort(answer bool) {
	if w.isOver() {
		return
	}
	w.bodyFault()
	switch {
	case answer && !w.hasSent():
		w.replace(w.conn.engine.answers.failed, CloseHandler)
	default:
		if w.body != nil {
			w.body.over(false)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fail(CloseHandler)
	}
}

// replace puts a prebuilt answer in the place of the response, and closes.
func (w *response) replace(a *canned, why CloseReason) {
	if w.body != nil {
		w.body.over(false)
	}
	variant := cannedClose
	if w.req.Method == http.MethodHead {
		variant |= cannedHeadOnly
	}
	b := a.bytes(variant, w.conn.engine.dates.date())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out.recycle()
	w.out = nil
	w.status = a.status
	w.sent += int64(len(b))
	w.end()
	c := w.conn
	c.unsent, c.closing, c.clean, c.last, c.reply = b, true, false, why, w
}

// bodyFault is why the handler could not read the body, and counts it.
func (w *response) bodyFault() *fault {
	if w.body == nil {
		return nil
	}
	f := w.body.fault.Load()
	if f != nil {
		w.conn.bad(f.reason)
	}
	return f
}

func (w *response) isOver() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out == nil
}

func (w *response) hasStatus() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status != 0
}

func (w *response) hasSent() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent > 0
}
