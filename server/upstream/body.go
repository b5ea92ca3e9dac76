package upstream

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// An upload is the body of a request on its way to a backend. The transport
// reads it on a goroutine of its own, which may outlive the request; the body
// below fails from then on.
type upload struct {
	io.Reader
	patience *patience
	in       *http.Request         // whose trailers are there when the body has ended
	trailer  http.Header           // to be sent
	failure  atomic.Pointer[error] // why the client's body ended before its end
}

// Read waits for the client. Until the next Read we wait for the backend.
func (u *upload) Read(p []byte) (int, error) {
	u.patience.rest(sending)
	n, err := u.Reader.Read(p)
	switch {
	case err == io.EOF:
		// Only what was announced is sent: its names are in the head.
		for name := range u.trailer {
			u.trailer[name] = u.in.Trailer[name]
		}
	case err != nil:
		u.failure.Store(&err)
	}
	u.patience.wait(sending)
	return n, err
}

// Close does nothing: a request that could not be sent may be sent elsewhere.
func (u *upload) Close() error { return nil }

// failed returns why the client's body ended before its end, if it did.
func (u *upload) failed() error {
	if u == nil {
		return nil
	}
	if err := u.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// A download is the body of a response on its way to the client.
type download struct {
	io.ReadCloser
	patience *patience // nil if it may be silent for ever
	reply    *reply
	err      error // of the last Read
}

// Read waits for the backend. Until the next Read we wait for the client. If it
// fails before anything is passed on, ReverseProxy is told that this was all: it
// would have the connection cut.
func (d *download) Read(p []byte) (int, error) {
	if d.patience != nil {
		d.patience.wait(receiving)
		defer d.patience.rest(receiving)
	}
	var n int
	n, d.err = d.ReadCloser.Read(p)
	if n == 0 && d.err != nil && d.reply.status != 0 {
		return 0, io.EOF
	}
	return n, d.err
}

// buffers are those that bodies of responses go through.
type buffers struct{ pool sync.Pool }

const bufferSize = 32 << 10

// Get returns a buffer.
func (b *buffers) Get() []byte {
	if buf, ok := b.pool.Get().(*[bufferSize]byte); ok {
		return buf[:]
	}
	return make([]byte, bufferSize)
}

// Put takes one back.
func (b *buffers) Put(buf []byte) { b.pool.Put((*[bufferSize]byte)(buf)) }
