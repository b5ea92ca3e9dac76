//go:build unix

package files

import (
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe would hang if the pipe were opened.
func TestPipe(t *testing.T) {
	root := site(t)
	if err := syscall.Mkfifo(filepath.Join(root.Name(), "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	if w := get(New(root, true), "GET", "/pipe"); w.Code != 404 {
		t.Errorf("status %d, want 404", w.Code)
	}
}
