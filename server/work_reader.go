package server

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
	conn *conn
	left int // bytes that may still come from the inbound; negative: no limit, and then from the link
	wait patience
	body *requestBody // that it feeds, if there is one
	rush bool         // what is not there yet is not waited for
}

var requestReaders = sync.Pool{New: func() any {
	r := new(requestReader)
	r.br = bufio.NewReaderSize(r, inboundBytes)
	return r
}}

// Read implements io.Reader.
func (r *requestReader) Read(p []byte) (int, error) {
	in := r.conn.in
	if have := in.pending(); len(have) > 0 && r.left != 0 {
		if r.left > 0 {
			have = have[:min(r.left, len(have))]
		}
		n := copy(p, have)
		in.r += n
		r.left -= n
		return n, nil
	}
	if r.left >= 0 {
		return 0, io.EOF
	}
	n, err := r.receive(p)
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		r.conn.cancelRequest() // the client has left
	}
	r.conn.engine.counters.received.Add(uint64(n))
	return n, err
}

// receive reads from the link.
func (r *requestReader) receive(p []byte) (int, error) {
	if !r.rush {
		return r.wait.read(r.conn.link, &r.body.w.deadlines, p)
	}
	n, err := r.conn.link.tryRead(p)
	if err == errAgain {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// readRequest has http.ReadRequest build a request whose body it will read.
func (w *response) readRequest() error {
	c := w.conn
	in := c.in
	h := &in.scan.head
	in.r += h.start
	r := requestReaders.Get().(*requestReader)
	r.conn, r.left = c, h.size-h.start
	r.wait = patience{left: c.engine.set.readTimeout}
	if h.hasBody() {
		r.left = -1
	}
	r.br.Reset(r)
	parsed, err := http.ReadRequest(r.br)
	if err != nil {
		return err
	}
	w.req = *parsed.WithContext(&w.ctx)
	if h.hasBody() {
		w.body = &requestBody{w: w, reader: r, parsed: parsed, left: c.engine.set.maxBody}
		w.req.Body, r.body = w.body, w.body
	} else {
		r.release()
	}
	return nil
}

// release gives r back, and what it has read too much.
func (r *requestReader) release() {
	if rest, _ := r.br.Peek(r.br.Buffered()); len(rest) > 0 {
		in := r.conn.in
		in.buf = append(append(make([]byte, 0, max(inboundBytes, len(rest)+in.w-in.r)), rest...), in.pending()...)
		in.r, in.w = 0, len(in.buf)
		in.buf = in.buf[:cap(in.buf)]
	}
	r.conn, r.body, r.rush = nil, nil, false
	requestReaders.Put(r)
}
