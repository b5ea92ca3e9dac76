package upstream

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the package if a goroutine or a socket is left when all tests
// are done.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // the transport's: it has no logger of its own
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close() // the runtime's own poller is open from here on
	}
	before := openSockets()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if n := openSockets() - before; n > 0 {
			fmt.Fprintf(os.Stderr, "%d sockets are still open\n", n)
			code = max(code, 1)
		}
		os.Exit(code)
	}))
}

// openSockets is the number of sockets that the process has open, or 0 where
// there is no /proc. Pipes do not count: the runtime keeps those that it
// splices with.
func openSockets() int {
	const dir = "/proc/self/fd/"
	n := 0
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if file, err := os.Readlink(dir + e.Name()); err == nil && strings.HasPrefix(file, "socket:") {
			n++
		}
	}
	return n
}
