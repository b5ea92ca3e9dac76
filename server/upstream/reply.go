package upstream

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// A reply is the response as the client gets it. It remembers what failed
// there, which is no fault of a backend.
type reply struct {
	http.ResponseWriter
	own      http.Header // what was set before the Handler was called
	err      error       // of the first write that failed
	hijacked bool
	mute     atomic.Bool // what the backend sent is not for this client
	late     bool        // the head is kept until there is a part of the body, or its end
	status   int         // of the head that is kept; 0 if none is
}

func newReply(w http.ResponseWriter) *reply {
	r := &reply{ResponseWriter: w}
	if len(w.Header()) > 0 {
		r.own = w.Header().Clone()
	}
	return r
}

// Unwrap is for http.ResponseController.
func (r *reply) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader keeps interim responses back that are not for this client, and a
// head that is to be late.
func (r *reply) WriteHeader(status int) {
	switch {
	case status < 200 && r.mute.Load():
	case status >= 200 && r.late:
		r.status = status
	default:
		r.ResponseWriter.WriteHeader(status)
	}
}

// sendHead sends the head that is kept, if one is.
func (r *reply) sendHead() {
	if r.status != 0 {
		r.ResponseWriter.WriteHeader(r.status)
		r.status = 0
	}
}

// takeBack forgets the head that is kept, and reports whether one was: another
// answer can be given.
func (r *reply) takeBack() bool {
	if r.status == 0 {
		return false
	}
	r.late, r.status = false, 0
	clear(r.Header())
	return true
}

// Write notes if the client does not take p.
func (r *reply) Write(p []byte) (int, error) {
	r.sendHead()
	n, err := r.ResponseWriter.Write(p)
	if r.err == nil {
		r.err = err
	}
	return n, err
}

// Hijack notes that the connection is no more for responses. What the client
// sent early is read from the connection: ReverseProxy would lose it.
func (r *reply) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	r.hijacked = true
	if n := rw.Reader.Buffered(); n > 0 {
		conn = &earlyConn{Conn: conn, Reader: io.MultiReader(io.LimitReader(rw.Reader, int64(n)), conn)}
	}
	return conn, rw, nil
}

// An earlyConn is a connection of which bytes were read before it was taken
// over.
type earlyConn struct {
	net.Conn
	io.Reader
}

func (c *earlyConn) Read(p []byte) (int, error) { return c.Reader.Read(p) }

// CloseWrite ends one way of the tunnel, as the connection below does.
func (c *earlyConn) CloseWrite() error { return closeWrite(c.Conn) }

// restore puts back what ReverseProxy clears with each 1xx response.
func (r *reply) restore() {
	h := r.Header()
	if len(h) > 0 {
		return
	}
	for name, values := range r.own {
		h[name] = values
	}
}
