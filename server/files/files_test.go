package files

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// site makes a directory with what is to be served and what is not.
func site(t *testing.T) *os.Root {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "site")
	for name, text := range map[string]string{
		"site/index.html": "home", "site/a.txt": "0123456789", "site/.env": "secret", "site/.git/config": "secret",
		"site/.well-known/acme": "token", "site/sub/b.txt": "b", "site/sub/.hidden": "secret",
		"site/sub/.well-known/x": "secret", "site/dir/index.html": "dir", "outside.txt": "secret",
	} {
		path := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"in": "a.txt", "well": ".well-known", "out": "../outside.txt", "far": "/etc", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func get(h http.Handler, method, path string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://h/", nil)
	r.URL.Path = path
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestFiles(t *testing.T) {
	root := site(t)
	for _, test := range []struct {
		method, path string
		list         bool
		status       int
		body         string
	}{
		{"GET", "/", false, 200, "home"},
		{"GET", "/a.txt", false, 200, "0123456789"},
		{"HEAD", "/a.txt", false, 200, ""},
		{"GET", "/in", false, 200, "0123456789"},
		{"GET", "/sub/b.txt", false, 200, "b"},
		{"GET", "/well/acme", false, 200, "token"},
		{"GET", "/dir/", false, 200, "dir"},
		{"GET", "/dir", false, 301, ""},
		{"GET", "/.well-known/acme", false, 200, "token"},
		{"GET", "/sub/../a.txt", false, 200, "0123456789"},
		{"GET", "/none", false, 404, ""},
		{"GET", "/sub/", false, 404, ""},
		{"GET", "/sub", false, 404, ""},
		{"GET", "/sub/", true, 200, "<a href=\"b.txt\">b.txt</a>"},
		{"GET", "/.env", true, 404, ""},
		{"GET", "/.git/config", true, 404, ""},
		{"GET", "/sub/.hidden", true, 404, ""},
		{"GET", "/sub/.well-known/x", true, 404, ""},
		{"GET", "/out", true, 404, ""},
		{"GET", "/far/passwd", true, 404, ""},
		{"GET", "/loop", true, 404, ""},
		{"GET", "/../outside.txt", true, 404, ""},
		{"GET", "/sub/../../outside.txt", true, 404, ""},
		{"GET", "/a.txt\x00", true, 404, ""},
		{"POST", "/a.txt", false, 405, ""},
		{"DELETE", "/a.txt", false, 405, ""},
	} {
		t.Run(fmt.Sprint(test.method, test.path, test.list), func(t *testing.T) {
			w := get(New(root, test.list), test.method, test.path)
			body := w.Body.String()
			if w.Code != test.status || test.body != "" && !strings.Contains(body, test.body) {
				t.Errorf("status %d, body %q, want %d and %q", w.Code, body, test.status, test.body)
			}
			if strings.Contains(body, "secret") || strings.Contains(body, "hidden") {
				t.Errorf("given away: %q", body)
			}
			if test.status == 405 && w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("Allow %q", w.Header().Get("Allow"))
			}
		})
	}
}

func TestRangesAndConditions(t *testing.T) {
	h := New(site(t), false)
	w := get(h, "GET", "/a.txt", "Range", "bytes=2-4")
	if w.Code != 206 || w.Body.String() != "234" || w.Header().Get("Content-Range") != "bytes 2-4/10" {
		t.Errorf("range: %d, %q, %v", w.Code, w.Body, w.Header())
	}
	if w := get(h, "GET", "/a.txt", "Range", "bytes=10-"); w.Code != 416 {
		t.Errorf("range after the end: %d", w.Code)
	}
	modified := w.Header().Get("Last-Modified")
	if w := get(h, "GET", "/a.txt", "If-Modified-Since", modified); w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("not modified: %d, %q", w.Code, w.Body)
	}
}

// TestUnlistedIndexGone opens a directory for its index.html, and finds that gone:
// http.FileServer asks for the list then.
func TestUnlistedIndexGone(t *testing.T) {
	root := site(t)
	dir, err := (&files{root: root}).Open("/dir")
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := root.Remove("dir/index.html"); err != nil {
		t.Fatal(err)
	}
	if all, err := dir.Readdir(-1); err == nil {
		t.Errorf("Readdir: %v", all)
	}
	if all, err := dir.(fs.ReadDirFile).ReadDir(-1); err == nil {
		t.Errorf("ReadDir: %v", all)
	}
}

// TestKernelMaySend checks that a server is given the file itself, which it
// can have the kernel send.
func TestKernelMaySend(t *testing.T) {
	w := &readerFrom{ResponseRecorder: httptest.NewRecorder()}
	New(site(t), false).ServeHTTP(w, httptest.NewRequest("GET", "/a.txt", nil))
	limited, ok := w.from.(*io.LimitedReader)
	if !ok {
		t.Fatalf("the response is read from %T", w.from)
	}
	if _, ok := limited.R.(*os.File); !ok {
		t.Errorf("the response is read from %T", limited.R)
	}
}

type readerFrom struct {
	*httptest.ResponseRecorder
	from io.Reader
}

func (w *readerFrom) ReadFrom(r io.Reader) (int64, error) {
	w.from = r
	return io.Copy(w.ResponseRecorder, r)
}
