//go:build !race

package poll

import "golang.org/x/sys/unix"

func receive(fd int, p []byte) (int, error) { return transfer(unix.SYS_RECVFROM, fd, p) }
func send(fd int, p []byte) (int, error)    { return transfer(unix.SYS_SENDTO, fd, p) }
