package server

import (
	"math"
	"net"

	"golang.org/x/sys/unix"
)

// noInterface is the index of no network interface: they are counted up from 1.
const noInterface = math.MaxInt32

// closeToNew has the kernel refuse who wants to connect to l from now on, as if nobody
// listened, and reports whether it does. Who has connected can still be accepted,
// and who is about to becomes so, which listen(2) with no backlog, shutdown(2) and
// a socket filter do not all give, or not for the MPTCP sockets of package net.
//
// A socket that is bound to an interface hears only of what comes by that one
// (SO_BINDTOIFINDEX, socket(7)). The kernel looks for a listener only for what
// begins a connection; what goes on with a handshake finds that. To bind one that is
// not bound takes no privilege from Linux 5.7 on; to undo it does.
func closeToNew(l net.Listener) bool {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return false
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX, noInterface)
	})
	return err == nil && failed == nil
}
