package upstream

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails the package if a goroutine or a descriptor is left when all
// tests are done.
func TestMain(m *testing.M) {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close() // the runtime's own poller is open from here on
	}
	before := openFiles()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		for fd, file := range openFiles() {
			if before[fd] != file {
				fmt.Fprintf(os.Stderr, "descriptor %s is still open: %s\n", fd, file)
				code = max(code, 1)
			}
		}
		os.Exit(code)
	}))
}

// openFiles returns what each descriptor of the process stands for. It is
// empty where there is no /proc.
func openFiles() map[string]string {
	const dir = "/proc/self/fd"
	files := map[string]string{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		// The descriptor that the directory was read with is gone by now.
		if file, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			files[e.Name()] = file
		}
	}
	return files
}
