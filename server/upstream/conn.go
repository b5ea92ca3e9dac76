package upstream

import (
	"errors"
	"io"
	"net"
	"net/http/httptrace"
	"sync/atomic"

	"millpond/server/internal/poll"
)

// errSurplus is why a response is not believed.
var errSurplus = errors.New("the backend sent a response before it was asked for it")

// A conn is a connection to a backend that knows whether what is read answers
// what was written. A backend may send more than it should, such as a body in
// response to HEAD. The transport closes such a connection, but it looks only
// after it has put the connection back: the next request may have it by then,
// and get what was meant for nobody, or for the client before. So we look
// when the first byte of a response is taken: the transport reads only when
// its buffer is empty, therefore that byte comes from a Read that has ended
// since the request was begun, or it was there before.
type conn struct {
	net.Conn
	bytes io.ReadWriter // those of Conn, without a detour
	asked atomic.Bool   // a part of the request has been written
	heard atomic.Bool   // a Read has ended since
}

func newConn(c net.Conn) *conn { return &conn{Conn: c, bytes: poll.Direct(c)} }

// begin is called when a request gets the connection.
func (c *conn) begin() { c.asked.Store(false) }

// answers reports whether the bytes to be taken next answer the request.
func (c *conn) answers() bool { return c.asked.Load() && c.heard.Load() }

// Write begins the request, if it is the first since begin.
func (c *conn) Write(p []byte) (int, error) {
	if c.asked.CompareAndSwap(false, true) {
		c.heard.Store(false)
	}
	return c.bytes.Write(p)
}

// Read notes that there was something to read.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.bytes.Read(p)
	if n > 0 {
		c.heard.Store(true)
	}
	return n, err
}

// CloseWrite ends one way of an upgraded connection.
func (c *conn) CloseWrite() error { return closeWrite(c.Conn) }

// closeWrite ends one way of a connection, or both if that cannot be.
func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

// watch has the transport tell which connections the request is sent on, and
// when the first byte of a response is taken.
func (x *exchange) watch() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			x.connections++
			if c, ok := info.Conn.(*conn); ok {
				c.begin()
				x.conn.Store(c)
			}
		},
		GotFirstResponseByte: func() {
			if c := x.conn.Load(); c != nil && !c.answers() {
				x.reply.mute.Store(true)
				c.Close()
			}
		},
	}
}
