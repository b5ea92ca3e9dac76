package server

import (
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"

	"millpond/server/internal/poll"
)

// netConn is c as ConnState and ConnContext show it: the connection that the
// listener has accepted, or what stands for one that never was a net.Conn.
func (c *conn) netConn() net.Conn {
	switch link := c.Link.(type) {
	case *poll.Stream:
		return link.Conn
	case *ownLink:
		return link.Conn
	}
	return publicConn{c}
}

// A publicConn is a connection of the poller. As a value with one pointer it
// costs nothing to make, and two of the same connection are equal.
type publicConn struct{ c *conn }

var (
	_ net.Conn     = publicConn{}
	_ syscall.Conn = publicConn{}
)

// Close has the server close the connection soon. It calls no hooks, so that a
// hook can call it, and others with locks that hooks want.
func (p publicConn) Close() error {
	p.c.Cut()
	return nil
}

// showState calls ConnState, if there is one.
func (c *conn) showState(s http.ConnState) {
	if hook := c.engine.connState; hook != nil {
		hook(c.netConn(), s)
	}
}

// showMove calls ConnState if net/http tells the two states apart. To it, a
// connection is new or idle until a whole head has come, or been refused.
func (c *conn) showMove(from, to state) {
	switch {
	case c.engine.connState == nil:
	case to == stateAdmitting, to == stateReplying && from.waitsFor()&poll.Readable != 0:
		c.showState(http.StateActive)
	case from == stateReplying && (to == stateIdle || to == stateReading):
		c.showState(http.StateIdle)
	case to == stateHijacked:
		c.showState(http.StateHijacked)
	}
}

// Read is the server's alone.
func (publicConn) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// Write is the server's alone.
func (publicConn) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

// LocalAddr implements net.Conn.
func (p publicConn) LocalAddr() net.Addr { return p.c.LocalAddr() }

// RemoteAddr implements net.Conn.
func (p publicConn) RemoteAddr() net.Addr { return p.c.RemoteAddr() }

// SetDeadline is the server's alone: http.ResponseController has one.
func (publicConn) SetDeadline(time.Time) error { return errors.ErrUnsupported }

// SetReadDeadline is likewise.
func (publicConn) SetReadDeadline(time.Time) error { return errors.ErrUnsupported }

// SetWriteDeadline is likewise.
func (publicConn) SetWriteDeadline(time.Time) error { return errors.ErrUnsupported }

// SyscallConn implements syscall.Conn, for what the kernel knows of the
// connection.
func (p publicConn) SyscallConn() (syscall.RawConn, error) {
	if sc, ok := p.c.Link.(syscall.Conn); ok {
		return sc.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}
