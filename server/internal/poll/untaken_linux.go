package poll

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// untaken is what the kernel keeps of the output of nc, if that has a descriptor
// or is a layer over what has one.
func untaken(nc net.Conn) (n int) {
	if layer, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = layer.NetConn()
	}
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return 0
	}
	if raw, err := sc.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	}
	return n
}
