package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// framing are the fields that the server decides on itself.
var framing = map[string]bool{
	"Connection":        true,
	"Content-Length":    true,
	"Transfer-Encoding": true,
}

// decide fixes status and header: what the handler changes in its header from
// here on has no effect, trailers excepted.
func (w *response) decide(status int) {
	w.status = status
	h := w.header
	length, declared := declaredLength(h)
	if declared && bodyAllowed(status) {
		w.length = length
	}
	if httpguts.HeaderValuesContainsToken(h["Connection"], "close") {
		w.last = true
	}
	_, typed := h["Content-Type"]
	w.untyped = !typed && h.Get("Content-Encoding") == ""
	w.writeStatus(status)
	w.writeFields()
	if declared && status == http.StatusNotModified {
		w.field("Content-Length", strconv.FormatInt(length, 10))
	}
	if _, dated := h["Date"]; !dated {
		w.field("Date", w.conn.engine.date.at(time.Now()))
	}
}

func declaredLength(h http.Header) (n int64, ok bool) {
	text := h.Get("Content-Length")
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0
}

func (w *response) writeStatus(status int) {
	wire := &w.out.wire
	proto := "HTTP/1.1 "
	if !w.req.ProtoAtLeast(1, 1) {
		proto = "HTTP/1.0 "
	}
	wire.WriteString(proto)
	wire.Write(strconv.AppendInt(wire.AvailableBuffer(), int64(status), 10))
	wire.WriteByte(' ')
	wire.WriteString(http.StatusText(status))
	wire.WriteString("\r\n")
}

// writeFields writes the handler's fields, so that a handler cannot be made to
// write another response: Header.WriteSubset leaves out what is no field name
// and replaces line breaks in values, and a value with a NUL costs the field.
func (w *response) writeFields() {
	exclude := framing
	for name, values := range w.header {
		if slices.ContainsFunc(values, hasNUL) {
			exclude = with(exclude, name)
		}
	}
	w.header.WriteSubset(&w.out.wire, exclude)
	for _, option := range w.header["Connection"] {
		if !strings.EqualFold(option, "close") && !strings.EqualFold(option, "keep-alive") && !hasNUL(option) {
			http.Header{"Connection": {option}}.Write(&w.out.wire)
		}
	}
}

func hasNUL(value string) bool { return strings.IndexByte(value, 0) >= 0 }

func with(set map[string]bool, name string) map[string]bool {
	more := map[string]bool{name: true}
	for k := range set {
		more[k] = true
	}
	return more
}

// field writes one that the server has decided on.
func (w *response) field(name, value string) {
	wire := &w.out.wire
	wire.WriteString(name)
	wire.WriteString(": ")
	wire.WriteString(value)
	wire.WriteString("\r\n")
}

// finishHead adds what the server decides: framing, type and the fate of the
// connection. Whole says that the body is known to its end; more is what
// follows of it behind what is gathered.
func (w *response) finishHead(whole bool, more []byte) {
	w.headSent = true
	w.frame(whole)
	w.describe(more)
	h := &w.conn.in.scan.head
	if w.conn.engine.draining.Load() || !h.keepAlive || h.expectContinue && !w.continued {
		w.last = true // if the client was not asked for its body, it may or may not send it
	}
	switch {
	case w.status == http.StatusSwitchingProtocols:
	case w.last && w.req.ProtoAtLeast(1, 1):
		w.field("Connection", "close")
	case !w.last && !w.req.ProtoAtLeast(1, 1):
		w.field("Connection", "keep-alive")
	}
	w.out.wire.WriteString("\r\n")
}

// frame decides how the client finds the end of the body (RFC 9112, section 6).
func (w *response) frame(whole bool) {
	isHead := w.req.Method == http.MethodHead
	switch {
	case !bodyAllowed(w.status):
	case w.length >= 0:
		w.field("Content-Length", strconv.FormatInt(w.length, 10))
	case whole && w.hasTrailers():
		w.chunk()
	case whole && (!isHead || w.written > 0):
		w.field("Content-Length", strconv.FormatInt(w.written, 10))
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
	start := w.out.body.Bytes()
	if len(start) == 0 {
		start = more
	}
	if w.untyped && len(start) > 0 {
		w.field("Content-Type", http.DetectContentType(start))
	}
}

// writeInformation sends a 1xx response, which comes before the final one.
func (w *response) writeInformation(status int) {
	if w.continued && status == http.StatusContinue || !w.req.ProtoAtLeast(1, 1) {
		return
	}
	w.writeStatus(status)
	if status == http.StatusContinue {
		w.continued = true
	} else {
		w.header.WriteSubset(&w.out.wire, framing)
	}
	w.out.wire.WriteString("\r\n")
	w.send(w.out.wire.Bytes())
}

// expectsContinue reports whether the client still waits to be asked for the
// body.
func (w *response) expectsContinue() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conn.in.scan.head.expectContinue && !w.continued
}

// sendContinue asks the client for the body, if it waits for that.
func (w *response) sendContinue() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out != nil && !w.continued && w.status == 0 && w.conn.in.scan.head.expectContinue {
		w.writeInformation(http.StatusContinue)
	}
}

func (w *response) hasTrailers() bool {
	if _, ok := w.header["Trailer"]; ok {
		return true
	}
	for name := range w.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// trailers returns the fields to send behind a chunked body: those that the
// handler has announced, and those with http.TrailerPrefix.
func (w *response) trailers() http.Header {
	t := make(http.Header)
	for _, names := range w.header["Trailer"] {
		for name := range strings.SplitSeq(names, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			if values := w.header[name]; isTrailer(name, values) {
				t[name] = values
			}
		}
	}
	for name, values := range w.header {
		if name, ok := strings.CutPrefix(name, http.TrailerPrefix); ok && isTrailer(name, values) {
			t[name] = values
		}
	}
	return t
}

func isTrailer(name string, values []string) bool {
	return httpguts.ValidTrailerHeader(name) && len(values) > 0 && !slices.ContainsFunc(values, hasNUL)
}
