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
	return withLeast(t, []int{unix.SO_SNDBUF}, []int{unix.SO_RCVBUF})
}

// tight is sockets with the least buffers both ways.
func tight(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	both := []int{unix.SO_SNDBUF, unix.SO_RCVBUF}
	return withLeast(t, both, both)
}

// withLeast is sockets that have the least of some options of the server's end
// and of the client's.
func withLeast(t *testing.T, servers, clients []int) (net.Listener, func() (net.Conn, error)) {
	set := func(options []int) func(string, string, syscall.RawConn) error {
		return func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) {
				for _, option := range options {
					unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, option, 1)
				}
			})
		}
	}
	listen := net.ListenConfig{Control: set(servers)}
	l, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dialer := net.Dialer{Control: set(clients)}
	return l, func() (net.Conn, error) { return dialer.Dial("tcp", l.Addr().String()) }
}

// narrowStreams hides that the same sockets could be polled.
func narrowStreams(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	l, dial := narrow(t)
	return struct{ net.Listener }{l}, dial
}
