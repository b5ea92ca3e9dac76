package poll

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"millpond/server/internal/http1"
)

// A Socket is a link on a descriptor that a poller watches, edge-triggered, for
// input, room and end. It is a net.Conn that does without the runtime's poller,
// so that a parked connection costs a few hundred bytes and each event is
// delivered once.
type Socket struct {
	parking *Parking
	poller  *Poller

	mu sync.Mutex // held where fd is used by others than the owner
	fd int        // -1 once closed

	local  net.Addr // of the listener, if that names one address
	remote unix.Sockaddr
	in     waiter
	out    waiter
}

// keepAliveSeconds is how often a peer that is silent is asked whether it is
// still there, as package net does. After nine times without an answer, the
// kernel's default, it is not.
const keepAliveSeconds = 15

// Begin makes s, which is zero, a link on fd, which it owns and sets up, for the
// connection that is parked in pk. Local is the address that it was accepted on, or
// nil to ask for it.
func (s *Socket) Begin(p *Poller, pk *Parking, fd int, local net.Addr, remote unix.Sockaddr) {
	if _, isUnix := remote.(*unix.SockaddrUnix); !isUnix {
		// From a listener of package net, which speaks MPTCP, it inherits none.
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, keepAliveSeconds)
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, keepAliveSeconds)
	}
	s.parking, s.poller, s.fd, s.local, s.remote = pk, p, fd, local, remote
}

// Register has the poller report events of s under that tag, for good: it is
// done once, before any other use.
func (s *Socket) Register(tag Tag) error {
	return s.poller.control(unix.EPOLL_CTL_ADD, s.fd, socketEvents, tag)
}

// Waits implements http1.Transport.
func (s *Socket) Waits() bool { return false }

// Untaken implements http1.Transport: it is what the kernel keeps until the
// client has acknowledged it.
func (s *Socket) Untaken() (n int) {
	s.withFD(func(fd int) { n, _ = unix.IoctlGetInt(fd, unix.SIOCOUTQ) })
	return n
}

// Park implements Link.
func (s *Socket) Park(signals Signals) bool { return s.parking.Park(signals) }

// Watch implements http1.Transport: the poller always does.
func (s *Socket) Watch() {}

// TryRead implements http1.Transport.
func (s *Socket) TryRead(p []byte) (int, error) {
	s.parking.Clear(Readable)
	p = p[:min(len(p), transferBytes)]
	for {
		n, err := receive(s.fd, p)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return 0, http1.ErrWouldBlock
		case err != nil:
			return 0, os.NewSyscallError("recvfrom", err)
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		case n == len(p):
			s.parking.Set(Readable) // there may be more, and no event for it
			return n, nil
		default:
			return n, nil
		}
	}
}

// TryWrite implements http1.Transport.
func (s *Socket) TryWrite(p, next []byte) (int, error) {
	done := 0
	for len(p) > 0 {
		n, err := send(s.fd, p, next)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return done, http1.ErrWouldBlock
		case err != nil:
			return done, os.NewSyscallError("sendto", err)
		case n < len(p):
			done, p = done+n, p[n:]
		default:
			done, p, next = done+n, next[n-len(p):], nil
		}
	}
	return done, nil
}

// CloseWrite implements Link.
func (s *Socket) CloseWrite() error { return unix.Shutdown(s.fd, unix.SHUT_WR) }

// Abandon implements Link.
func (s *Socket) Abandon() {
	s.withFD(func(fd int) { unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) })
}

// Cut implements Link.
func (s *Socket) Cut() {
	s.withFD(func(fd int) { unix.Shutdown(fd, unix.SHUT_RDWR) })
}

// withFD calls f unless the descriptor is closed, and keeps it open meanwhile.
func (s *Socket) withFD(f func(fd int)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		f(s.fd)
	}
}

// Close implements net.Conn. Closing the descriptor takes it out of the epoll
// set.
func (s *Socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 {
		return net.ErrClosed
	}
	err := unix.Close(s.fd)
	s.fd = -1
	return os.NewSyscallError("close", err)
}

// Detach implements http1.Transport: the descriptor moves to the runtime's
// poller, where it is an ordinary *net.TCPConn or *net.UnixConn.
func (s *Socket) Detach() (net.Conn, []byte, error) {
	s.poller.Unwatch(s.fd)
	s.mu.Lock()
	defer s.mu.Unlock()
	file := os.NewFile(uintptr(s.fd), "hijacked") // FileConn duplicates it
	s.fd = -1
	defer file.Close()
	nc, err := net.FileConn(file)
	return nc, nil, err
}

// Notify implements Link.
func (s *Socket) Notify(signals Signals) {
	s.poller.Tell() // of the handler that goes on
	if signals&(Readable|Reset) != 0 {
		s.in.ring()
	}
	if signals&(Writable|Reset) != 0 {
		s.out.ring()
	}
}

// LocalAddr implements net.Conn.
func (s *Socket) LocalAddr() net.Addr {
	if s.local != nil {
		return s.local
	}
	var sa unix.Sockaddr
	s.withFD(func(fd int) { sa, _ = unix.Getsockname(fd) })
	return toAddr(sa)
}

// RemoteAddr implements net.Conn.
func (s *Socket) RemoteAddr() net.Addr { return toAddr(s.remote) }

// ClientIP implements Link.
func (s *Socket) ClientIP() netip.Addr {
	switch sa := s.remote.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(sa.Addr)
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(sa.Addr)
	}
	return netip.Addr{}
}

// SetDeadline implements net.Conn.
func (s *Socket) SetDeadline(t time.Time) error {
	s.SetReadDeadline(t)
	return s.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (s *Socket) SetReadDeadline(t time.Time) error {
	s.in.setDeadline(t, s.poller.start)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (s *Socket) SetWriteDeadline(t time.Time) error {
	s.out.setDeadline(t, s.poller.start)
	return nil
}

// SyscallConn implements syscall.Conn, for options of the socket. Read and
// Write of what it returns do not wait.
func (s *Socket) SyscallConn() (syscall.RawConn, error) { return rawSocket{s}, nil }

type rawSocket struct{ *Socket }

// Control implements syscall.RawConn.
func (r rawSocket) Control(f func(fd uintptr)) error {
	err := net.ErrClosed
	r.withFD(func(fd int) { f(uintptr(fd)); err = nil })
	return err
}

// Read implements syscall.RawConn.
func (r rawSocket) Read(f func(fd uintptr) bool) error {
	return r.Control(func(fd uintptr) { f(fd) })
}

// Write implements syscall.RawConn.
func (r rawSocket) Write(f func(fd uintptr) bool) error { return r.Read(f) }
