package http1

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// discardBytes bounds what is read of a body that the handler has left, to
// keep the connection, and discardTime how long that may take where it cannot
// be done without waiting.
const (
	discardBytes = 256 << 10
	discardTime  = time.Second
)

// A body is the Body of a request that has one. It stays safe, and refuses to
// be read, when the handler keeps it beyond its return.
type body struct {
	x *Exchange // whose mu guards the rest

	reader *requestReader // nil once it was taken back
	parsed *http.Request  // what http.ReadRequest made on reader: body and trailer
	left   int64          // that it may still have; no limit if Config.MaxBody is negative
	size   int64          // read so far
	fault  *Fault         // why it cannot be read
	ended  bool           // it was read to its end
	closed bool
}

// Read implements io.Reader. Where the client expects it, the first call asks
// for the body (RFC 9110, section 10.1.1).
func (b *body) Read(p []byte) (int, error) {
	x := b.x
	x.mu.Lock()
	defer x.mu.Unlock()
	x.turn(reading)
	if b.readable() && b.fault != faultBodyLarge {
		x.sendContinue()
		x.turn(reading) // it may have waited for the client
	}
	if !b.readable() {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.read(p)
}

// readable reports whether the handler may read.
func (b *body) readable() bool { return !b.closed && b.x.state < hijacked }

// read reads on. It is called with mu held, which it releases meanwhile.
func (b *body) read(p []byte) (int, error) {
	limit := b.x.cfg.MaxBody
	if b.fault == faultBodyLarge {
		return 0, &http.MaxBytesError{Limit: limit}
	}
	n, err := b.receive(p)
	b.size += int64(n)
	if b.left -= int64(n); limit >= 0 && b.left < 0 {
		b.fault = faultBodyLarge
		return n + int(b.left), &http.MaxBytesError{Limit: limit}
	}
	switch {
	case err == io.EOF:
		b.ended = true
		b.x.req.Trailer = b.parsed.Trailer
		b.x.watch()
	case b.fault != nil:
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.fault = faultBodySlow
	case err != nil:
		b.fault = faultBody
	}
	return n, err
}

// receive reads without mu, as it may wait for the client.
func (b *body) receive(p []byte) (int, error) {
	b.x.leave(reading)
	defer b.x.enter(reading)
	return b.parsed.Body.Read(p)
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	b.closed = true
	return nil
}

// takeBack ends the reading of the body for good, and gives the input back
// what was read too much. It is called with mu held when nobody can read any
// more.
func (b *body) takeBack() {
	if b.reader != nil {
		b.reader.release()
		b.reader = nil
	}
}

// discard reads what the handler has left, within bounds and, on a transport
// that need not wait, without waiting: so the connection can be kept.
func (b *body) discard() {
	if b.ended || b.fault != nil || b.x.expectsContinue() || b.x.head().Length-b.size > discardBytes {
		return
	}
	b.reader.rush = !b.x.t.Waits()
	b.x.hurry(reading, discardTime)
	io.CopyN(io.Discard, readerFunc(b.read), discardBytes+1)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
