package poll

import (
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

// TrySendFile implements http1.FileSender, for a connection of the kernel's.
func (s *Stream) TrySendFile(file http1.File, n int64) (sent int64, err error) {
	var raw syscall.RawConn
	switch nc := s.Conn.(type) {
	case *net.TCPConn:
		raw, err = nc.SyscallConn()
	case *net.UnixConn:
		raw, err = nc.SyscallConn()
	default:
		err = os.ErrInvalid
	}
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Write(func(fd uintptr) bool {
		sent, failed = sendFile(int(fd), file, n)
		return true
	})
	if err != nil {
		return sent, err
	}
	return sent, failed
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
