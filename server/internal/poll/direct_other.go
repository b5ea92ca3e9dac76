//go:build !linux

package poll

import (
	"io"
	"net"
)

// Direct is c.
func Direct(c net.Conn) io.ReadWriter { return c }
