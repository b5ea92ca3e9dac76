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

// What a lack of descriptors keeps from being looked at may well exist.
func TestNoDescriptors(t *testing.T) {
	h := New(site(t), false)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	status := map[string]int{}
	for _, path := range []string{"/", "/a.txt", "/sub/b.txt", "/dir/"} {
		status[path] = get(h, "GET", path).Code
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	for path, got := range status {
		if got != 500 {
			t.Errorf("%s: status %d, want 500", path, got)
		}
	}
}
