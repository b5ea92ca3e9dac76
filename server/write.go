package server

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// bodyBuffer is how much of a response is gathered before its head is
	// sent. A response that fits gets a Content-Length, and goes out whole
	// in one write.
	bodyBuffer = 4 << 10

	// typeBytes is how much of a body tells its type.
	typeBytes = 512

	// copyBuffer is for ReadFrom.
	copyBuffer = 32 << 10
)

var (
	errOver = errors.New("server: the handler has returned")

	noDeadline = time.Time{}
	longAgo    = time.Unix(1, 0)
)

// A response is the http.ResponseWriter of one request. It is never reused,
// because a handler may keep it: after the handler's return it only reports
// errors. It is safe for concurrent use, as far as that makes sense.
type response struct {
	conn   *conn
	req    http.Request
	url    url.URL      // of req, unless net/url made one
	body   *requestBody // nil if the request has none
	ctx    requestContext
	header http.Header

	deadlines deadlines
	watching  atomic.Bool // the handler wants to know when the client leaves
	continued atomic.Bool // 100 Continue was sent
	hijacked  bool        // guarded by mu, as is the rest

	mu       sync.Mutex
	out      *outbound // nil once the response is over, or hijacked
	wait     patience
	status   int   // 0 until the head is decided
	length   int64 // Content-Length by the handler, or -1
	written  int64 // body bytes from the handler
	sent     int64 // bytes given to the link
	untyped  bool  // Content-Type is to be told from the content
	headSent bool  // the head is complete, in out.wire at least
	chunked  bool
	last     bool // the connection closes behind it
	err      error

	began    time.Duration // for the report, as is
	received int64         // bytes of the request
}

// An outbound is what a response gathers until it is sent.
type outbound struct {
	wire []byte // head, chunk framing, body: ready to go
	body []byte // not yet framed
}

var outbounds = sync.Pool{New: func() any { return new(outbound) }}

func takeOutbound() *outbound { return outbounds.Get().(*outbound) }

func (o *outbound) recycle() {
	if cap(o.wire) > 4*bodyBuffer {
		return
	}
	o.wire, o.body = o.wire[:0], o.body[:0]
	outbounds.Put(o)
}

// Header implements http.ResponseWriter.
func (w *response) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *response) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writeHeader(status)
}

func (w *response) writeHeader(status int) {
	switch {
	case w.out == nil:
		w.conn.engine.set.log.Warn("WriteHeader after Hijack or return", slog.Int("status", status))
	case w.status != 0:
		w.conn.engine.set.log.Warn("superfluous WriteHeader", slog.Int("status", status), slog.String("path", w.req.URL.Path))
	case status < 100 || status > 999:
		panic("server: invalid WriteHeader code " + strconv.Itoa(status))
	case status < 200 && status != http.StatusSwitchingProtocols:
		w.writeInformation(status)
	default:
		w.decide(status)
	}
}

// Write implements http.ResponseWriter.
func (w *response) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.write(p)
}

// WriteString implements io.StringWriter.
func (w *response) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

func (w *response) write(p []byte) (int, error) {
	switch {
	case w.out == nil:
		return 0, w.afterwards()
	case w.status == 0:
		w.decide(http.StatusOK)
	}
	switch {
	case len(p) == 0:
		return 0, nil
	case !bodyAllowed(w.status):
		return 0, http.ErrBodyNotAllowed
	}
	w.written += int64(len(p)) // also what is refused: nothing may take its place
	switch {
	case w.length >= 0 && w.written > w.length:
		return 0, http.ErrContentLength
	case w.err != nil:
		return 0, w.err
	case len(w.out.body)+len(p) > bodyBuffer:
		if !w.headSent {
			w.finishHead(false, p)
		}
		if len(p) > bodyBuffer {
			return len(p), w.push(p)
		}
		if err := w.push(nil); err != nil {
			return 0, err
		}
	}
	w.out.body = append(w.out.body, p...)
	return len(p), nil
}

// afterwards is why a write comes too late.
func (w *response) afterwards() error {
	switch {
	case w.hijacked:
		return http.ErrHijacked
	case w.err != nil:
		return w.err
	}
	return errOver
}

// ReadFrom implements io.ReaderFrom.
func (w *response) ReadFrom(src io.Reader) (int64, error) {
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{src}, buf[:])
}

var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// Flush implements http.Flusher.
func (w *response) Flush() { w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *response) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out == nil {
		return w.afterwards()
	}
	if w.status == 0 {
		w.decide(http.StatusOK)
	}
	return w.push(nil)
}

// push sends what is gathered, and p behind it.
func (w *response) push(p []byte) error {
	tail := w.gather(p)
	if err := w.send(w.out.wire); err != nil || len(p) == 0 {
		return err
	}
	err := w.send(tail)
	if w.chunked {
		w.out.wire = append(w.out.wire, "\r\n"...) // goes out with what follows, or by Flush
	}
	return err
}

// gather frames the gathered body and p as one chunk, or as it is. What it
// returns of p, a large piece, goes out uncopied behind what is gathered; the
// end of its chunk comes then.
func (w *response) gather(p []byte) (tail []byte) {
	if !w.headSent {
		w.finishHead(false, p)
	}
	o := w.out
	if w.req.Method == http.MethodHead {
		o.body = o.body[:0]
		return nil
	}
	n := len(o.body) + len(p)
	if n == 0 {
		return nil
	}
	if w.chunked {
		o.wire = strconv.AppendInt(o.wire, int64(n), 16)
		o.wire = append(o.wire, "\r\n"...)
	}
	o.wire = append(o.wire, o.body...)
	o.body = o.body[:0]
	if len(p) > 0 {
		return p
	}
	if w.chunked {
		o.wire = append(o.wire, "\r\n"...)
	}
	return nil
}

// send gives b, which may be in out.wire, to the link. After a failure, it
// gives nothing more.
func (w *response) send(b []byte) error {
	if w.err == nil && len(b) > 0 {
		var n int
		n, w.err = w.wait.write(w.conn.link, &w.deadlines, b)
		w.sent += int64(n)
	}
	w.out.wire = w.out.wire[:0]
	return w.err
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}
