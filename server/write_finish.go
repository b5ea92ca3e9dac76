package server

import (
	"net/http"
	"time"
)

// finish ends the response after the handler's return. It is true if the
// connection goes on to its next request.
func (w *response) finish() bool {
	c := w.conn
	if w.isOver() {
		return false // hijacked
	}
	if f := w.bodyFault(); f != nil {
		return w.refuseBody(f)
	}
	clean := w.body == nil || w.body.over(true)
	w.mu.Lock()
	if !clean {
		w.last = true
	}
	w.complete()
	last, failed := w.last, w.err != nil
	short := w.length >= 0 && w.written != w.length && w.req.Method != http.MethodHead
	w.end()
	w.mu.Unlock()
	switch {
	case failed:
		c.close(CloseWrite)
	case short:
		c.close(CloseHandler)
	case last:
		c.part(CloseResponse, clean)
	default:
		c.answered()
		return true
	}
	return false
}

// complete sends what is left of the response.
func (w *response) complete() {
	if w.status == 0 {
		w.decide(http.StatusOK)
	}
	if !w.headSent {
		w.finishHead(true)
	}
	w.push(nil)
	if w.chunked && w.err == nil {
		w.out.wire.WriteString("0\r\n")
		w.trailers().Write(&w.out.wire)
		w.out.wire.WriteString("\r\n")
	}
	w.send(w.out.wire.Bytes())
}

// end closes the books on the response. It is called with mu held, and once.
func (w *response) end() {
	w.out.recycle()
	w.out = nil
	c := w.conn
	c.serving.Store(nil)
	if w.ownDeadline {
		c.link.SetDeadline(noDeadline)
	}
	received := int64(c.in.scan.head.size)
	if w.body != nil {
		received += w.body.size.Load()
	}
	c.engine.counters.inFlight.Add(-1)
	c.report(Request{Method: w.req.Method, Route: w.req.Pattern, Status: w.status,
		Received: received, Sent: w.sent, Duration: time.Since(c.in.began)})
}

// refuseBody answers a request whose handler has said nothing because it could
// not read the body.
func (w *response) refuseBody(f *fault) bool {
	w.conn.bad(f.reason)
	w.replace(w.conn.engine.answers.refusal[f], CloseBad)
	return false
}

// abort ends the response of a handler that did not return. If none of it was
// sent and the handler did not ask for an abort, the client gets a 500.
func (w *response) abort(answer bool) {
	switch {
	case w.isOver():
	case answer && !w.hasSent():
		w.replace(w.conn.engine.answers.failed, CloseHandler)
	default:
		if w.body != nil {
			w.body.over(false)
		}
		w.mu.Lock()
		w.end()
		w.mu.Unlock()
		w.conn.close(CloseHandler)
	}
}

// replace gives a prebuilt answer instead of the response, and closes.
func (w *response) replace(a *canned, why CloseReason) {
	if w.body != nil {
		w.body.over(false)
	}
	variant := cannedClose
	if w.req.Method == http.MethodHead {
		variant |= cannedHeadOnly
	}
	b := a.bytes(variant, time.Now())
	w.mu.Lock()
	w.status, w.sent = a.status, int64(len(b))
	w.end()
	w.mu.Unlock()
	w.conn.last = why
	w.conn.send(b, true)
}

// bodyFault is why the body could not be read, if nothing was answered yet.
func (w *response) bodyFault() *fault {
	if w.body == nil || w.hasStatus() {
		return nil
	}
	return w.body.fault.Load()
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

// part closes c behind a response that said so. Where nothing is unread, the
// client needs no time to read the response.
func (c *conn) part(why CloseReason, clean bool) {
	c.last = why
	if clean && c.in.w == c.in.r && !c.has(readable) {
		c.close(why)
		return
	}
	c.releaseInput()
	c.linger()
}
