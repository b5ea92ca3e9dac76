package poll

import (
	"net"
	"unsafe"

	"golang.org/x/sys/unix"
)

// transferBytes bounds what one system call copies that the scheduler is not told
// of, and so for how long it may keep the collector waiting.
const transferBytes = 64 << 10

// transfer receives or sends p without telling Go's scheduler, which only matters
// where a call can block: this one copies what there is and returns. The
// scheduler would look after every call that takes more than 20 microseconds,
// and the calls for files do more than those for sockets: that is 3 to 5 % of a
// server's time.
func transfer(trap uintptr, fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_NOSIGNAL, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// gather sends p and next as one, without telling the scheduler, as transfer does.
func gather(fd int, p, next []byte) (int, error) {
	parts := [2]unix.Iovec{{Base: unsafe.SliceData(p)}, {Base: unsafe.SliceData(next)}}
	parts[0].SetLen(len(p))
	parts[1].SetLen(len(next))
	n, _, errno := unix.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&parts)), uintptr(len(parts)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// peek takes the events that there are, without telling the scheduler, as
// transfer does.
func peek(epoll int, events []unix.EpollEvent) int {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), 0, 0, 0)
	if errno != 0 {
		return 0 // EINTR: the next pass finds them
	}
	return int(n)
}

// wakeScheduler wakes the scheduler's thread that interrupts, by the cheapest
// system call that the scheduler is told of.
func wakeScheduler() { unix.Syscall(unix.SYS_GETPID, 0, 0, 0) }

// toAddr gives sa the form that package net uses.
func toAddr(sa unix.Sockaddr) net.Addr {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return &net.TCPAddr{IP: net.IP(sa.Addr[:]), Port: sa.Port}
	case *unix.SockaddrInet6:
		addr := &net.TCPAddr{IP: net.IP(sa.Addr[:]), Port: sa.Port}
		if sa.ZoneId != 0 {
			if nic, err := net.InterfaceByIndex(int(sa.ZoneId)); err == nil {
				addr.Zone = nic.Name
			}
		}
		return addr
	case *unix.SockaddrUnix:
		return &net.UnixAddr{Name: sa.Name, Net: "unix"}
	}
	return &net.TCPAddr{}
}
