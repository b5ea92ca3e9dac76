package server

import (
	"net/http"
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
