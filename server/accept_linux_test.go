package server

import (
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"millpond/server/internal/poll"
)

// TestAcceptedSockets checks that small responses leave at once, and that the
// kernel looks after dead clients.
func TestAcceptedSockets(t *testing.T) {
	r := serving(t, &Server{Handler: http.HandlerFunc(hello)}, sockets)
	c := r.call()
	c.send(getRoot)
	c.expect(http.StatusOK)
	for _, c := range r.engine.conns.all() {
		raw, err := c.Link.(*poll.Socket).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var fd int
		raw.Control(func(d uintptr) { fd = int(d) })
		for name, option := range map[string][2]int{
			"TCP_NODELAY":  {unix.IPPROTO_TCP, unix.TCP_NODELAY},
			"SO_KEEPALIVE": {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
		} {
			if on, err := unix.GetsockoptInt(fd, option[0], option[1]); on != 1 || err != nil {
				t.Errorf("%s is %d, %v; want it on", name, on, err)
			}
		}
	}
}

// TestListenerBreaks checks that Serve returns what is wrong with a listener that
// can never be accepted from again, and that its connections go on.
func TestListenerBreaks(t *testing.T) {
	for name, wire := range map[string]wiring{"epoll": sockets, "stream": streams} {
		t.Run(name, func(t *testing.T) {
			var inner *net.TCPListener
			l, dial := wire(t)
			switch l := l.(type) {
			case *net.TCPListener:
				inner = l
			case struct{ net.Listener }:
				inner = l.Listener.(*net.TCPListener)
			}
			s := &Server{Handler: http.HandlerFunc(hello), Logger: discard}
			defer s.Close()
			served := make(chan error, 1)
			go func() { served <- s.Serve(l) }()
			nc, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			c := newCaller(t, nc)
			c.send(getRoot)
			c.expect(http.StatusOK)
			raw, err := inner.SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			raw.Control(func(fd uintptr) { unix.Shutdown(int(fd), unix.SHUT_RDWR) })
			if err := within(t, served, "Serve"); !errors.Is(err, syscall.EINVAL) {
				t.Errorf("Serve: %v; want %v", err, syscall.EINVAL)
			}
			if n := s.Stats().AcceptErrors; n != [NumAcceptErrors]uint64{AcceptOther: 1} {
				t.Errorf("counted %v; want one", n)
			}
			c.send(getRoot)
			c.expect(http.StatusOK)
			c.Close()
			<-s.engine.conns.whenEmpty()
		})
	}
}
