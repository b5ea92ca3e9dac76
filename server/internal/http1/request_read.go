package http1

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
)

// A requestReader feeds http.ReadRequest, which parses the head of a request
// with a body once more, and then the body.
type requestReader struct {
	br   *bufio.Reader
	x    *Exchange
	head int  // bytes of the head that may still come
	only bool // nothing comes after the head
	rush bool // what is not there yet is not waited for
}

var requestReaders = sync.Pool{New: func() any {
	r := new(requestReader)
	r.br = bufio.NewReaderSize(r, inputBytes)
	return r
}}

// readRequest has http.ReadRequest build a request whose body it will read.
func (x *Exchange) readRequest() error {
	h := x.head()
	x.in.Skip(h.start)
	r := requestReaders.Get().(*requestReader)
	r.x, r.head, r.only, r.rush = x, h.Size-h.start, !h.HasBody(), false
	r.br.Reset(r)
	parsed, err := http.ReadRequest(r.br)
	if err != nil || r.only {
		r.release()
	}
	if err != nil {
		return err
	}
	x.req = *parsed.WithContext(&x.ctx)
	if h.HasBody() {
		x.body = &body{x: x, reader: r, parsed: parsed, left: x.cfg.MaxBody}
		x.req.Body = x.body
	}
	return nil
}

// Read implements io.Reader: first what is pending, then what comes.
func (r *requestReader) Read(p []byte) (int, error) {
	if r.only && len(p) > r.head {
		p = p[:r.head]
	}
	if n := r.x.in.take(p); n > 0 {
		r.head -= n
		return n, nil
	}
	if r.only {
		return 0, io.EOF
	}
	n, err := r.receive(p)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		r.x.Cancel() // the client has left
	}
	return n, err
}

// receive reads from the transport.
func (r *requestReader) receive(p []byte) (int, error) {
	if !r.rush {
		return r.x.transfer(reading, p)
	}
	n, err := r.x.t.TryRead(p)
	if err == ErrWouldBlock {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// release gives r back, and what it has read too much.
func (r *requestReader) release() {
	if rest, _ := r.br.Peek(r.br.Buffered()); len(rest) > 0 {
		r.x.in.putBack(rest)
	}
	r.x = nil
	requestReaders.Put(r)
}
