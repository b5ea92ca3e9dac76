package server

import (
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A sock is a link on a descriptor that the epoll set watches, edge-triggered,
// for input, room and end. It is a net.Conn without the runtime's poller
// behind it, so that a parked connection costs a few hundred bytes and each
// event is delivered once.
type sock struct {
	conn   *conn
	poll   *poller
	local  net.Addr // of the listener, if that names one address
	remote unix.Sockaddr
	in     waiter
	out    waiter

	mu sync.Mutex // held where fd is used by others than the owner
	fd int        // -1 once closed
}

// A waiter lets one goroutine at a time wait for a mark, until a deadline.
type waiter struct {
	deadline atomic.Int64                  // nanoseconds on the engine's clock; 0 is none
	bell     atomic.Pointer[chan struct{}] // made for the first wait
}

func (s *sock) waits() bool { return false }

// transferBytes bounds what one system call copies, and so for how long it may
// keep the collector waiting.
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

func (s *sock) tryRead(p []byte) (int, error) {
	s.conn.forget(readable)
	p = p[:min(len(p), transferBytes)]
	for {
		n, err := transfer(unix.SYS_RECVFROM, s.fd, p)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return 0, errAgain
		case err != nil:
			return 0, os.NewSyscallError("recvfrom", err)
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		case n == len(p):
			s.conn.state.Or(readable) // there may be more, and no event for it
			return n, nil
		default:
			return n, nil
		}
	}
}

func (s *sock) tryWrite(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := transfer(unix.SYS_SENDTO, s.fd, p[done:min(len(p), done+transferBytes)])
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return done, errAgain
		case err != nil:
			return done, os.NewSyscallError("sendto", err)
		default:
			done += n
		}
	}
	return done, nil
}

// Read implements net.Conn.
func (s *sock) Read(p []byte) (int, error) {
	if left, limited := s.in.left(s.poll.engine.now()); limited && left <= 0 {
		return 0, os.ErrDeadlineExceeded // even if there is input
	}
	for {
		n, err := s.tryRead(p)
		if err != errAgain {
			return n, err
		}
		if err := s.wait(&s.in, readable); err != nil {
			return 0, err
		}
	}
}

// Write implements net.Conn.
func (s *sock) Write(p []byte) (int, error) {
	if left, limited := s.out.left(s.poll.engine.now()); limited && left <= 0 {
		return 0, os.ErrDeadlineExceeded // even if there is room
	}
	done := 0
	for {
		s.conn.forget(writable)
		n, err := s.tryWrite(p[done:])
		done += n
		if err != errAgain {
			return done, err
		}
		if err := s.wait(&s.out, writable); err != nil {
			return done, err
		}
	}
}

// wait waits for mark, the end of the connection, or the deadline of w.
func (s *sock) wait(w *waiter, mark uint32) error {
	bell := w.bell.Load()
	if bell == nil {
		made := make(chan struct{}, 1)
		bell = &made
		w.bell.Store(bell)
	}
	for !s.conn.has(mark | reset) {
		left, limited := w.left(s.poll.engine.now())
		if !limited {
			<-*bell
			continue
		}
		if left <= 0 {
			return os.ErrDeadlineExceeded
		}
		alarm := time.NewTimer(left)
		select {
		case <-*bell:
		case <-alarm.C:
		}
		alarm.Stop()
	}
	return nil
}

// left is the time until the deadline, if there is one.
func (w *waiter) left(now time.Duration) (d time.Duration, limited bool) {
	deadline := w.deadline.Load()
	return time.Duration(deadline) - now, deadline != 0
}

func (s *sock) notify(marks uint32) {
	if marks&(readable|reset) != 0 {
		s.in.ring()
	}
	if marks&(writable|reset) != 0 {
		s.out.ring()
	}
}

// ring wakes the waiter, if there is one, to look again.
func (w *waiter) ring() {
	if bell := w.bell.Load(); bell != nil {
		select {
		case *bell <- struct{}{}:
		default:
		}
	}
}

func (s *sock) setDeadline(w *waiter, t time.Time) {
	var at int64
	if !t.IsZero() {
		at = max(1, int64(t.Sub(s.poll.engine.start)))
	}
	w.deadline.Store(at)
	w.ring()
}

// SetDeadline implements net.Conn.
func (s *sock) SetDeadline(t time.Time) error {
	s.setDeadline(&s.in, t)
	s.setDeadline(&s.out, t)
	return nil
}

// SetReadDeadline implements net.Conn.
func (s *sock) SetReadDeadline(t time.Time) error {
	s.setDeadline(&s.in, t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (s *sock) SetWriteDeadline(t time.Time) error {
	s.setDeadline(&s.out, t)
	return nil
}

// LocalAddr implements net.Conn.
func (s *sock) LocalAddr() net.Addr {
	if s.local != nil {
		return s.local
	}
	var sa unix.Sockaddr
	s.withFD(func(fd int) { sa, _ = unix.Getsockname(fd) })
	return toAddr(sa)
}

// RemoteAddr implements net.Conn.
func (s *sock) RemoteAddr() net.Addr { return toAddr(s.remote) }

func (s *sock) closeWrite() error { return unix.Shutdown(s.fd, unix.SHUT_WR) }

func (s *sock) watch() {} // the epoll set always does

func (s *sock) poke() {
	s.conn.forget(writable)
	s.poll.poke(s)
}

func (s *sock) cut() {
	s.withFD(func(fd int) { unix.Shutdown(fd, unix.SHUT_RDWR) })
}

// withFD calls f unless the descriptor is closed, and keeps it open meanwhile.
func (s *sock) withFD(f func(fd int)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		f(s.fd)
	}
}

// Close implements net.Conn. Closing the descriptor takes it out of the epoll
// set.
func (s *sock) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 {
		return net.ErrClosed
	}
	err := unix.Close(s.fd)
	s.fd = -1
	return os.NewSyscallError("close", err)
}

// detach moves the descriptor to the runtime's poller, where it is an ordinary
// *net.TCPConn or *net.UnixConn.
func (s *sock) detach() (net.Conn, []byte, error) {
	s.poll.remove(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	file := os.NewFile(uintptr(s.fd), "hijacked") // FileConn duplicates it
	s.fd = -1
	defer file.Close()
	nc, err := net.FileConn(file)
	return nc, nil, err
}

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
