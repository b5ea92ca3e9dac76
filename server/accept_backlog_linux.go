package server

import (
	"net"

	"golang.org/x/sys/unix"
)

// backlogOf reads how many connections wait for l in the kernel, and how many
// may: for a listening socket, TCP_INFO gives these two as unacked and sacked.
func backlogOf(l net.Listener) (b Backlog, ok bool) {
	tcp, isTCP := l.(*net.TCPListener)
	if !isTCP {
		return b, false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return b, false
	}
	raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if ok = err == nil; ok {
			b = Backlog{Listener: l.Addr().String(), Length: int(info.Unacked), Limit: int(info.Sacked)}
		}
	})
	return b, ok
}
