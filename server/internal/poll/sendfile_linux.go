package poll

import (
	"cmp"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"millpond/server/internal/http1"
)

// TrySendFile implements http1.FileSender.
func (s *Socket) TrySendFile(file http1.File, n int64) (sent int64, err error) {
	if left, limited := s.out.left(s.poller.now()); limited && left <= 0 {
		return 0, os.ErrDeadlineExceeded // even if there is room
	}
	s.parking.Clear(Writable)
	return sendFile(s.fd, file, n)
}

// AwaitRoom implements http1.FileSender.
func (s *Socket) AwaitRoom() error { return s.wait(&s.out, Writable) }

// TrySendFile implements http1.FileSender, for a connection of the kernel's.
func (s *Stream) TrySendFile(file http1.File, n int64) (sent int64, err error) {
	failed := s.onSocket(func(fd int) bool {
		sent, err = sendFile(fd, file, n)
		return true
	})
	return sent, cmp.Or(failed, err)
}

// AwaitRoom implements http1.FileSender.
func (s *Stream) AwaitRoom() error {
	return s.onSocket(func(fd int) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}

// onSocket calls f as syscall.RawConn.Write does.
func (s *Stream) onSocket(f func(fd int) bool) error {
	var raw syscall.RawConn
	err := os.ErrInvalid
	switch nc := s.Conn.(type) {
	case *net.TCPConn:
		raw, err = nc.SyscallConn()
	case *net.UnixConn:
		raw, err = nc.SyscallConn()
	}
	if err != nil {
		return err
	}
	return raw.Write(func(fd uintptr) bool { return f(int(fd)) })
}

// sendFile has the kernel send n bytes of file to a socket that does not block.
func sendFile(fd int, file http1.File, n int64) (sent int64, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(from uintptr) {
		for sent < n && failed == nil {
			var more int
			more, failed = unix.Sendfile(fd, int(from), nil, int(n-sent))
			switch {
			case more > 0:
				sent += int64(more)
			case failed == unix.EINTR:
				failed = nil
			case failed == unix.EAGAIN:
				failed = http1.ErrWouldBlock
			case failed == nil:
				failed = io.EOF
			}
		}
	})
	if err != nil {
		return sent, err
	}
	return sent, failed
}
