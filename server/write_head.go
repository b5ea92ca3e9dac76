package server

import (
	"net/http"
	"strconv"
)

// decide fixes status and header: what the handler changes in its header from
// here on has no effect, trailers excepted.
func (w *response) decide(status int) {
	w.status = status
	w.writeStatus(status)
	said := w.writeFields()
	w.last = w.last || said.close
	w.untyped = !said.typed && !said.encoded
	switch {
	case said.length < 0:
	case bodyAllowed(status):
		w.length = said.length
	case status == http.StatusNotModified:
		w.writeLength(said.length)
	}
	if !said.dated {
		w.field("Date", w.conn.engine.dates.date().text)
	}
}

func (w *response) writeStatus(status int) {
	b := w.out.wire
	if w.req.ProtoAtLeast(1, 1) {
		b = append(b, "HTTP/1.1 "...)
	} else {
		b = append(b, "HTTP/1.0 "...)
	}
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(status)...)
	w.out.wire = append(b, "\r\n"...)
}

// field writes one that the server has decided on.
func (w *response) field(name, value string) { w.out.wire = appendLine(w.out.wire, name, value) }

func (w *response) writeLength(n int64) {
	b := append(w.out.wire, "Content-Length: "...)
	b = strconv.AppendInt(b, n, 10)
	w.out.wire = append(b, "\r\n"...)
}

// finishHead adds what the server decides: framing, type and the fate of the
// connection. Whole says that the body is known to its end; more is what
// follows of it behind what is gathered.
func (w *response) finishHead(whole bool, more []byte) {
	w.headSent = true
	w.frame(whole)
	w.describe(more)
	h := &w.conn.in.scan.head
	if w.conn.engine.draining.Load() || !h.keepAlive || w.expectsContinue() {
		w.last = true // if the client was not asked for its body, it may or may not send it
	}
	switch {
	case w.status == http.StatusSwitchingProtocols:
	case w.last && w.req.ProtoAtLeast(1, 1):
		w.field("Connection", "close")
	case !w.last && !w.req.ProtoAtLeast(1, 1):
		w.field("Connection", "keep-alive")
	}
	w.out.wire = append(w.out.wire, "\r\n"...)
}

// frame decides how the client finds the end of the body (RFC 9112, section 6).
func (w *response) frame(whole bool) {
	isHead := w.req.Method == http.MethodHead
	switch {
	case !bodyAllowed(w.status):
	case w.length >= 0:
		w.writeLength(w.length)
	case whole && w.hasTrailers():
		w.chunk()
	case whole && (!isHead || w.written > 0):
		w.writeLength(w.written)
	case whole:
	default:
		w.chunk()
	}
}

// chunk uses the chunked coding or, for HTTP/1.0, the end of the connection.
func (w *response) chunk() {
	if !w.req.ProtoAtLeast(1, 1) {
		w.last = true
		return
	}
	w.field("Transfer-Encoding", "chunked")
	w.chunked = w.req.Method != http.MethodHead
}

// describe adds Content-Type, where there is content to tell it from.
func (w *response) describe(more []byte) {
	if !w.untyped || len(w.out.body)+len(more) == 0 {
		return
	}
	var room [typeBytes]byte
	n := copy(room[:], w.out.body)
	n += copy(room[n:], more)
	w.field("Content-Type", http.DetectContentType(room[:n]))
}

// writeInformation sends a 1xx response, which comes before the final one.
func (w *response) writeInformation(status int) {
	if w.continued.Load() && status == http.StatusContinue || !w.req.ProtoAtLeast(1, 1) {
		return
	}
	w.writeStatus(status)
	if status == http.StatusContinue {
		w.continued.Store(true)
	} else {
		w.writeFields()
	}
	w.out.wire = append(w.out.wire, "\r\n"...)
	w.send(w.out.wire)
}

// expectsContinue reports whether the client still waits to be asked for the
// body.
func (w *response) expectsContinue() bool {
	return w.conn.in.scan.head.expectContinue && !w.continued.Load()
}

// sendContinue asks the client for the body, if it waits for that. It takes the
// lock only then: a body can be read while a Write waits for the client.
func (w *response) sendContinue() {
	if !w.expectsContinue() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out != nil && !w.continued.Load() && w.status == 0 {
		w.writeInformation(http.StatusContinue)
	}
}
