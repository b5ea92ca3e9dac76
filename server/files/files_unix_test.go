//go:build unix

package files

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
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
	answers := map[string]*httptest.ResponseRecorder{}
	for _, path := range []string{"/", "/a.txt", "/sub/b.txt", "/dir/"} {
		answers[path] = get(h, "GET", path)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	for path, got := range answers {
		if got.Code != 503 || got.Header().Get("Retry-After") == "" || !strings.Contains(got.Body.String(), "try again later\n") {
			t.Errorf("%s: status %d, %v, %q; want 503 and when to try again", path, got.Code, got.Header(), got.Body)
		}
	}
	if w := get(h, "GET", "/a.txt"); w.Code != 200 {
		t.Errorf("when there are descriptors again: status %d", w.Code)
	}
}
