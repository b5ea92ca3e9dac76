//go:build race

package poll

import "syscall"

// The race detector takes what passes through these calls of the standard
// library for a happens-before edge, as it does under net.Conn: without it,
// tests of users would fail with races that are none.
func receive(fd int, p []byte) (int, error) { return syscall.Read(fd, p) }
func sendOne(fd int, p []byte) (int, error) { return syscall.Write(fd, p) }

// send leaves next to the next call.
func send(fd int, p, next []byte) (int, error) { return sendOne(fd, p) }
