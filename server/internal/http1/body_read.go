package http1

import (
	"errors"
	"io"
	"os"
)

// A bodyReader reads the data of a body: from the input first, and then from
// the transport. What follows the body stays in the input.
type bodyReader struct {
	x      *Exchange
	rush   bool // what is not there yet is not waited for
	length int64
	chunks chunks
	owed   int // bytes of data that the input begins with, in a chunked body

	received int64 // bytes from the transport, read in turn
}

// Read implements io.Reader. The error after a malformed part is of type *Fault.
func (r *bodyReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.x.head().Chunked {
		return r.readChunked(p)
	}
	if r.length == 0 {
		return 0, io.EOF
	}
	n, err := r.readSome(p, r.length)
	if r.length -= int64(n); r.length == 0 {
		return n, io.EOF
	}
	return n, err
}

// readSome reads up to most bytes of data that are not framed: by way of the
// input, unless there is room for as much.
func (r *bodyReader) readSome(p []byte, most int64) (n int, err error) {
	p = p[:min(int64(len(p)), most)]
	if n = r.x.in.take(p); n > 0 {
		return n, nil
	}
	if len(p) >= inputBytes {
		return r.receive(p)
	}
	err = r.fill()
	return r.x.in.take(p), err
}

// fill reads more into the input.
func (r *bodyReader) fill() error {
	n, err := r.receive(r.x.in.Space())
	r.x.in.more(n)
	return err
}

func (r *bodyReader) readChunked(p []byte) (n int, err error) {
	in := r.x.in
	for r.owed == 0 {
		skip, data, f := r.chunks.next(in.Pending())
		in.Skip(skip)
		r.owed = data
		switch {
		case f != nil:
			return 0, f
		case data > 0:
		case r.chunks.done():
			return 0, io.EOF
		case r.chunks.stage == chunkData: // and nothing of that is pending
			n, err := r.readSome(p, r.chunks.left)
			r.chunks.passed(n)
			return n, err
		default:
			if err := r.fill(); err != nil {
				return 0, err
			}
		}
	}
	n = in.take(p[:min(len(p), r.owed)])
	r.owed -= n
	return n, nil
}

// receive reads from the transport.
func (r *bodyReader) receive(p []byte) (n int, err error) {
	if r.rush {
		if n, err = r.x.t.TryRead(p); err == ErrWouldBlock {
			err = os.ErrDeadlineExceeded
		}
	} else {
		n, err = r.x.transfer(reading, p)
		r.received += int64(n)
	}
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		r.x.Cancel() // the client has left
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
