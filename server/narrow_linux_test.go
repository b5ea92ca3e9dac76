package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// narrow is sockets with the least buffers in the kernel for what the server
// sends, so that a client that does not read is noticed after a few kilobytes.
func narrow(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	return withBuffers(t, 1, []int{unix.SO_SNDBUF}, []int{unix.SO_RCVBUF})
}

// tight is sockets with small buffers both ways, which hold some 64 KiB.
func tight(t *testing.T) (net.Listener, func() (net.Conn, error)) {
	both := []int{unix.SO_SNDBUF, unix.SO_RCVBUF}
	return withBuffers(t, 16<<10, both, both)
}

// withBuffers is sockets that have buffers of a size, or the least that there
// are, as far as the options of the server's end and of the client's say.
func withBuffers(t *testing.T, size int, servers, clients []int) (net.Listener, func() (net.Conn, error)) {
	set := func(options []int) func(string, string, syscall.RawConn) error {
		return func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) {
				for _, option := range options {
					unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, option, size)
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

// streamed hides that the sockets of wire could be polled.
func streamed(wire wiring) wiring {
	return func(t *testing.T) (net.Listener, func() (net.Conn, error)) {
		l, dial := wire(t)
		return struct{ net.Listener }{l}, dial
	}
}

// encrypted is TLS over wire.
func encrypted(t *testing.T, wire wiring) wiring {
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	t.Cleanup(certified.Close)
	client := certified.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	client.ServerName = "example.com"
	return func(t *testing.T) (net.Listener, func() (net.Conn, error)) {
		l, dial := wire(t)
		return tls.NewListener(l, &tls.Config{Certificates: certified.TLS.Certificates}), func() (net.Conn, error) {
			nc, err := dial()
			if err != nil {
				return nil, err
			}
			return tls.Client(nc, client), nil
		}
	}
}

// allOver is all ways over the sockets of wire, those of TLS too.
func allOver(t *testing.T, wire wiring) []way {
	return []way{
		{"epoll", ModelPool, wire},
		{"stream", ModelPool, streamed(wire)},
		{"goroutine", ModelGoroutine, wire},
		{"thread", ModelThread, wire},
		{"tls", ModelPool, encrypted(t, wire)},
		{"tls and goroutine", ModelGoroutine, encrypted(t, wire)},
	}
}
