package http1

import (
	"errors"
	"io"
	"maps"
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

	reader bodyReader
	size   int64  // read so far
	fault  *Fault // why it cannot be read
	ended  bool   // it was read to its end
	closed bool
}

func newBody(x *Exchange) *body {
	return &body{x: x, reader: bodyReader{x: x, length: x.head().Length, chunks: chunks{maxBody: x.cfg.MaxBody}}}
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
	if b.fault != nil && b.fault != faultBodySlow {
		return 0, b.fault.err(b.x.cfg)
	}
	n, err := b.receive(p)
	b.size += int64(n)
	fault, malformed := err.(*Fault)
	switch {
	case err == nil:
	case err == io.EOF:
		b.ended = true
		b.addTrailer()
		b.x.watch()
	case malformed:
		b.fault = fault
		err = fault.err(b.x.cfg)
	case b.fault != nil:
	case err == errNoStream:
		b.fault = faultNoStream
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.fault = faultBodySlow
	default:
		b.fault = faultBody
	}
	return n, err
}

// addTrailer gives the request what came after its body.
func (b *body) addTrailer() {
	if b.x.req.Trailer == nil {
		b.x.req.Trailer = b.reader.chunks.trailer
		return
	}
	maps.Copy(b.x.req.Trailer, b.reader.chunks.trailer)
}

// err is what a handler gets that reads a body with that fault.
func (f *Fault) err(cfg *Config) error {
	switch f {
	case faultBodyLarge:
		return &http.MaxBytesError{Limit: cfg.MaxBody}
	case faultBody:
		return io.ErrUnexpectedEOF
	}
	return f
}

// receive reads without mu, as it may wait for the client.
func (b *body) receive(p []byte) (int, error) {
	b.x.leave(reading)
	defer b.x.enter(reading)
	return b.reader.Read(p)
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	b.closed = true
	return nil
}

// discard reads what the handler has left, within bounds and, on a transport
// that need not wait, without waiting: so the connection can be kept.
func (b *body) discard() {
	if b.ended || b.fault != nil || b.x.expectsContinue() || b.isLong() {
		return
	}
	b.reader.rush = !b.x.t.Waits()
	b.x.hurry(reading, discardTime)
	io.CopyN(io.Discard, readerFunc(b.read), discardBytes+1)
}

// isLong reports whether it is known that more is left than is discarded.
func (b *body) isLong() bool { return b.x.head().Length-b.size > discardBytes }

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
