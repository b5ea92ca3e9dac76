//go:build !race

package poll

import "golang.org/x/sys/unix"

func receive(fd int, p []byte) (int, error) { return transfer(unix.SYS_RECVFROM, fd, p) }

// send sends p, and next after it. It tells the scheduler of what takes long, and
// so can leave it whole: a client that is woken for each 64 KiB takes 1 MiB at half
// the rate.
func send(fd int, p, next []byte) (int, error) {
	switch {
	case len(p)+len(next) > transferBytes:
		return unix.Writev(fd, [][]byte{p, next})
	case len(next) > 0:
		return gather(fd, p, next)
	}
	return sendOne(fd, p)
}

func sendOne(fd int, p []byte) (int, error) { return transfer(unix.SYS_SENDTO, fd, p) }
