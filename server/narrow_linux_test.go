package server

import (
	"context"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// narrow is sockets with the least buffers in the kernel for what the server
// sends, so that a client that does not read is noticed after a few kilobytes.
func narrow(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	least := func(option int) func(string, string, syscall.RawConn) error {
		return func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, option, 1) })
		}
	}
	listen := net.ListenConfig{Control: least(unix.SO_SNDBUF)}
	l, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dialer := net.Dialer{Control: least(unix.SO_RCVBUF)}
	return l, func() (net.Conn, error) { return dialer.Dial("tcp", l.Addr().String()) }
}

// narrowStreams hides that the same sockets could be polled.
func narrowStreams(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	l, dial := narrow(t)
	return struct{ net.Listener }{l}, dial
}
