package server

import (
	"errors"
	"net"
	"syscall"
	"time"

	"millpond/server/internal/poll"
)

// A publicConn is what ConnState and ConnContext show of a connection that is
// polled. Two of the same connection are equal.
type publicConn struct{ link poll.Link }

var (
	_ net.Conn     = publicConn{}
	_ syscall.Conn = publicConn{}
)

// Close has the server close the connection soon. It calls no hooks, so that a
// hook can call it, and others with locks that hooks want.
func (p publicConn) Close() error {
	p.link.Cut()
	return nil
}

// Read is the server's alone.
func (publicConn) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// Write is the server's alone.
func (publicConn) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

// LocalAddr implements net.Conn.
func (p publicConn) LocalAddr() net.Addr { return p.link.LocalAddr() }

// RemoteAddr implements net.Conn.
func (p publicConn) RemoteAddr() net.Addr { return p.link.RemoteAddr() }

// SetDeadline is the server's alone: http.ResponseController has one.
func (publicConn) SetDeadline(time.Time) error { return errors.ErrUnsupported }

// SetReadDeadline is likewise.
func (publicConn) SetReadDeadline(time.Time) error { return errors.ErrUnsupported }

// SetWriteDeadline is likewise.
func (publicConn) SetWriteDeadline(time.Time) error { return errors.ErrUnsupported }

// SyscallConn implements syscall.Conn, for what the kernel knows of the
// connection.
func (p publicConn) SyscallConn() (syscall.RawConn, error) {
	if sc, ok := p.link.(syscall.Conn); ok {
		return sc.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}
