// Package files serves the files of a directory over HTTP, as
// [http.FileServer] does: conditional requests, ranges, and index.html for a
// directory. It differs in what it does not give away: no file outside of the
// directory, not by a symbolic link either, no file whose name begins with a
// dot, and no list of names unless asked for.
package files

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
)

// New returns a handler that serves the files of root. With list a directory
// that has no index.html is answered with the names in it, else it is not
// found. The caller closes root, after the last request.
//
// Only GET and HEAD are allowed. Only regular files are served: opening a pipe
// or a device could take for ever. Names that begin with a dot are hidden, but
// for /.well-known (RFC 8615).
func New(root *os.Root, list bool) http.Handler {
	server := http.FileServer(&files{root: root, list: list})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		server.ServeHTTP(w, r)
	})
}

// files is what of a directory may be seen. It hands out files as they are, so
// that a server can have the kernel send them.
type files struct {
	root *os.Root
	list bool
}

// Open opens a file for http.FileServer. All that is not to be seen does not
// exist.
func (f *files) Open(name string) (http.File, error) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		name = "."
	} else if hidden(name) {
		return nil, fs.ErrNotExist
	}
	info, err := f.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, fs.ErrPermission
	case err != nil:
		return nil, fs.ErrNotExist
	case info.IsDir() && !f.list && !f.hasIndex(name):
		return nil, fs.ErrNotExist
	case !info.IsDir() && !info.Mode().IsRegular():
		return nil, fs.ErrNotExist
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return directory{file}, nil
	}
	return file, nil
}

func (f *files) hasIndex(dir string) bool {
	info, err := f.root.Stat(path.Join(dir, "index.html"))
	return err == nil && info.Mode().IsRegular()
}

// hidden reports whether an element of name begins with a dot, but for the one
// that is meant to be found.
func hidden(name string) bool {
	for i, element := range strings.Split(name, "/") {
		if strings.HasPrefix(element, ".") && (i > 0 || element != ".well-known") {
			return true
		}
	}
	return false
}

// A directory lists what is not hidden.
type directory struct{ *os.File }

// Readdir is for http.File; http.FileServer prefers ReadDir.
func (d directory) Readdir(n int) ([]fs.FileInfo, error) {
	all, err := d.File.Readdir(n)
	return slices.DeleteFunc(all, func(i fs.FileInfo) bool { return strings.HasPrefix(i.Name(), ".") }), err
}

// ReadDir lists what is not hidden.
func (d directory) ReadDir(n int) ([]fs.DirEntry, error) {
	all, err := d.File.ReadDir(n)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }), err
}
