package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
)

// A requestBody is the Body of a request that has one. It stays safe, and
// refuses to be read, when the handler keeps it beyond its return.
type requestBody struct {
	w     *response
	ended atomic.Bool           // it was read to its end
	fault atomic.Pointer[fault] // why it cannot be
	size  atomic.Int64          // read so far

	mu     sync.Mutex
	reader *requestReader // nil once over
	parsed *http.Request  // what http.ReadRequest made on reader: body and trailer
	left   int64          // that a chunked body may still have; no limit if negative from the start
	closed bool
}

// Read implements io.Reader. Where the client expects it, the first call asks
// for the body (RFC 9110, section 10.1.1).
func (b *requestBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.reader == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.read(p)
}

func (b *requestBody) read(p []byte) (int, error) {
	if b.fault.Load() == faultBodyLarge {
		return 0, b.tooLarge()
	}
	b.w.sendContinue()
	n, err := b.parsed.Body.Read(p)
	b.size.Add(int64(n))
	limit := b.w.conn.engine.set.maxBody
	if b.left -= int64(n); limit >= 0 && b.left < 0 {
		b.fault.Store(faultBodyLarge)
		return n + int(b.left), b.tooLarge()
	}
	switch {
	case err == io.EOF:
		b.ended.Store(true)
		b.w.req.Trailer = b.parsed.Trailer
		b.w.bodyEnded()
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.fault.CompareAndSwap(nil, faultBodySlow)
	case err != nil:
		b.fault.CompareAndSwap(nil, faultBody)
	}
	return n, err
}

func (b *requestBody) tooLarge() error {
	return &http.MaxBytesError{Limit: b.w.conn.engine.set.maxBody}
}

// Close implements io.Closer.
func (b *requestBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// over takes the body from the handler for good, and reports whether the
// connection stands behind it: whether it was read to its end or, as far as
// that takes no waiting on a polled link, could be.
func (b *requestBody) over(discard bool) (clean bool) {
	link := b.w.conn.link
	if !b.mu.TryLock() {
		b.w.deadlines.take(link, reading, longAgo) // another goroutine is in Read
		b.mu.Lock()
		b.w.deadlines.take(link, reading, noDeadline)
	}
	defer b.mu.Unlock()
	if b.reader == nil {
		return b.ended.Load()
	}
	if discard && !b.ended.Load() && b.fault.Load() == nil && !b.w.expectsContinue() && b.least() <= lingerBytes {
		b.discard()
	}
	b.reader.release()
	b.reader = nil
	return b.ended.Load()
}

// least is how much of the body is known to be left.
func (b *requestBody) least() int64 { return b.w.conn.in.scan.head.length - b.size.Load() }

// discard reads what is left, within bounds.
func (b *requestBody) discard() {
	b.reader.rush = !b.w.conn.link.waits()
	io.CopyN(io.Discard, readerFunc(b.read), lingerBytes+1)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
