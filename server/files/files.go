// Package files serves the files of a directory over HTTP, as
// [http.FileServer] does: conditional requests, ranges, and index.html for a
// directory. It differs in what it does not give away: no file outside of the
// directory, not by a symbolic link either, no file whose name begins with a
// dot, and no list of names unless asked for. It is the name in the request that
// may not begin with a dot: who makes a link to such a file wants it served.
package files

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// New returns a handler that serves the files of root. With list a directory
// that has no index.html is answered with the names in it, else it is not
// found. The caller closes root, after the last request.
//
// Only GET and HEAD are allowed. Only regular files are served: opening a pipe
// or a device could take for ever. Names that begin with a dot are hidden, but
// for /.well-known (RFC 8615). Where the machine has no descriptor or no memory
// left to open a file with, the answer is 503.
func New(root *os.Root, list bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		seen := &files{root: root, list: list}
		http.FileServer(seen).ServeHTTP(&answer{ResponseWriter: w, files: seen}, r)
	})
}

// files is what of a directory may be seen. It hands out files as they are, so
// that a server can have the kernel send them. It is for one request.
type files struct {
	root  *os.Root
	list  bool
	short bool // the machine has not what it takes to open a file
}

// faults are of the machine and say nothing of a file: that one does not exist
// would be kept by caches.
var faults = append([]error{syscall.EIO}, shortages...)

// shortages are those faults that pass by themselves.
var shortages = []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM}

// isAny reports whether err is one of those.
func isAny(err error, those []error) bool {
	return slices.ContainsFunc(those, func(one error) bool { return errors.Is(err, one) })
}

// Open opens a file for http.FileServer, and notes if that takes what the machine
// has not got.
func (f *files) Open(name string) (http.File, error) {
	file, err := f.open(name)
	f.short = f.short || isAny(err, shortages)
	return file, err
}

// open opens a file. All that is not to be seen does not exist.
func (f *files) open(name string) (http.File, error) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	if name == "" {
		name = "."
	} else if hidden(name) {
		return nil, fs.ErrNotExist
	}
	isDir, err := f.look(name)
	if err != nil {
		return nil, err
	}
	if isDir && !f.list {
		if nested, err := f.look(path.Join(name, "index.html")); nested || err != nil {
			return nil, cmp.Or(err, fs.ErrNotExist)
		}
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	if isDir {
		return directory{file, f.list}, nil
	}
	return file, nil
}

// look finds out whether there is a directory or a regular file of that name.
func (f *files) look(name string) (isDir bool, err error) {
	info, err := f.root.Stat(name)
	switch {
	case err == nil && (info.IsDir() || info.Mode().IsRegular()):
		return info.IsDir(), nil
	case errors.Is(err, fs.ErrPermission), isAny(err, faults):
		return false, err
	}
	return false, fs.ErrNotExist
}

// An answer is what http.FileServer writes to. It says of the machine what
// http.FileServer says of the server: that something is wrong with it.
type answer struct {
	http.ResponseWriter
	files *files
	given bool // in place of what http.FileServer says
}

// WriteHeader makes an error out of a shortage one that passes.
func (a *answer) WriteHeader(status int) {
	if !a.files.short || status < http.StatusBadRequest {
		a.ResponseWriter.WriteHeader(status)
		return
	}
	a.given = true
	a.Header().Set("Retry-After", "1")
	http.Error(a.ResponseWriter, "the server has no room to open a file; try again later", http.StatusServiceUnavailable)
}

// Write writes what is not the text of such an error.
func (a *answer) Write(p []byte) (int, error) {
	if a.given {
		return len(p), nil
	}
	return a.ResponseWriter.Write(p)
}

// ReadFrom has the kernel send a file, where it can.
func (a *answer) ReadFrom(from io.Reader) (int64, error) { return io.Copy(a.ResponseWriter, from) }

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

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

// A directory lists what is not hidden, if it may: http.FileServer asks for that
// too where it cannot open an index.html that is there.
type directory struct {
	*os.File
	list bool
}

// Readdir is for http.File; http.FileServer prefers ReadDir.
func (d directory) Readdir(n int) ([]fs.FileInfo, error) {
	if !d.list {
		return nil, fs.ErrPermission
	}
	all, err := d.File.Readdir(n)
	return slices.DeleteFunc(all, func(i fs.FileInfo) bool { return strings.HasPrefix(i.Name(), ".") }), err
}

// ReadDir lists what is not hidden.
func (d directory) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.list {
		return nil, fs.ErrPermission
	}
	all, err := d.File.ReadDir(n)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") }), err
}
