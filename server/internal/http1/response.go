package http1

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"unsafe"
)

const (
	// bodyBuffer is how much of a response is gathered before its head is
	// sent. A response that fits gets a Content-Length, and goes out whole
	// in one write.
	bodyBuffer = 4 << 10

	// copyBuffer is for ReadFrom.
	copyBuffer = 32 << 10
)

// A response is what was decided of it, and where its bytes go.
type response struct {
	out     *Output // its owner's once the exchange has ended
	length  int64   // Content-Length by the handler, or -1
	written int64   // body bytes from the handler

	status    int16 // 0 until the head is decided
	state     state
	untyped   bool // Content-Type is to be told from the content
	unbounded bool // the end of the body is not known before, nor to be declared
	raw       bool // nor marked: it is the end of the connection
	chunked   bool
	last      bool // the connection closes after it
	continued bool // 100 Continue was sent
}

var errReturned = errors.New("server: the handler has returned")

// Header implements http.ResponseWriter.
func (x *Exchange) Header() http.Header { return x.header }

// WriteHeader implements http.ResponseWriter.
func (x *Exchange) WriteHeader(status int) {
	if complaint := x.writeHeader(status); complaint != "" {
		x.complain(complaint)
	}
}

func (x *Exchange) writeHeader(status int) (complaint string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.turn(writing)
	switch {
	case x.state == hijacked:
		return "http: response.WriteHeader on hijacked connection"
	case x.state == done:
		return "http: response.WriteHeader after the handler's return"
	case x.status != 0:
		return "http: superfluous response.WriteHeader call"
	case status < 100 || status > 999:
		panic("invalid WriteHeader code " + strconv.Itoa(status))
	case x.state == failed:
	case status < 200 && status != http.StatusSwitchingProtocols:
		x.writeInformation(status)
	default:
		x.decide(status)
		x.state = headDecided
	}
	return ""
}

// Write implements http.ResponseWriter.
func (x *Exchange) Write(p []byte) (int, error) {
	n, err := x.write(p)
	if err == http.ErrHijacked && len(p) > 0 {
		x.complain("http: response.Write on hijacked connection")
	}
	return n, err
}

func (x *Exchange) write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.begin(); err != nil {
		return 0, err
	}
	switch {
	case len(p) == 0:
		return 0, nil
	case !bodyAllowed(int(x.status)):
		return 0, http.ErrBodyNotAllowed
	}
	x.written += int64(len(p)) // also what is refused: nothing may take its place
	switch {
	case x.length >= 0 && x.written > x.length:
		return 0, http.ErrContentLength
	case len(x.out.body)+len(p) > bodyBuffer:
		x.completeHead(p)
		if len(p) > bodyBuffer {
			return len(p), x.push(p)
		}
		if err := x.push(nil); err != nil {
			return 0, err
		}
	}
	x.out.body = append(x.out.body, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (x *Exchange) WriteString(s string) (int, error) {
	return x.Write(unsafe.Slice(unsafe.StringData(s), len(s))) // which nobody writes to
}

var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// Flush implements http.Flusher.
func (x *Exchange) Flush() { x.FlushError() }

// FlushError is Flush for http.ResponseController.
func (x *Exchange) FlushError() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.begin(); err != nil {
		return err
	}
	return x.push(nil)
}

// EnableFullDuplex is for http.ResponseController. It has nothing to do: a
// body can always be read while the response is written.
func (x *Exchange) EnableFullDuplex() error { return nil }

// begin waits for the turn to write, and sees to it that the head is decided.
// The error is why nothing can be written.
func (x *Exchange) begin() error {
	x.turn(writing)
	switch {
	case x.state >= failed:
		return x.late()
	case x.state == undecided:
		x.decide(http.StatusOK)
		x.state = headDecided
	}
	return nil
}

// push sends what is gathered, and p after it. The two go out as one: a client
// that the head alone has woken would sleep again before there is more, and be
// woken for each part of that.
func (x *Exchange) push(p []byte) error {
	x.completeHead(p)
	tail := x.gather(p)
	x.out.SetStatic(tail)
	if err := x.send(); err != nil {
		return err
	}
	if x.chunked && len(tail) > 0 {
		x.out.buf = append(x.out.buf, "\r\n"...) // goes out with what follows, or by Flush
	}
	return nil
}

// completeHead completes the head of a response whose end is not known, and
// which goes on with p.
func (x *Exchange) completeHead(p []byte) {
	if x.state == headDecided {
		x.finishHead(false, p)
		x.state = headSent
	}
}

// gather frames the gathered body and p as one chunk, or as it is. What it
// returns of p, a large piece, goes out uncopied after what is gathered; the
// end of its chunk comes then.
func (x *Exchange) gather(p []byte) (tail []byte) {
	o := x.out
	if x.head().Method == VerbHead {
		o.body = o.body[:0]
		return nil
	}
	n := len(o.body) + len(p)
	if n == 0 {
		return nil
	}
	if x.chunked {
		o.buf = strconv.AppendInt(o.buf, int64(n), 16)
		o.buf = append(o.buf, "\r\n"...)
	}
	o.Queue(o.body)
	o.body = o.body[:0]
	if len(p) == 0 && x.chunked {
		o.buf = append(o.buf, "\r\n"...)
	}
	return p
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}
