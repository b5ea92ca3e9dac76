package server

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"millpond/pool"
)

// A Class is a share of the workers for the requests of some paths, so that
// they and others do not get in each other's way: say, reports that take
// seconds, beside a shop.
type Class struct {
	pool.Class

	// Path is which requests are of the class: a path, or one that ends in /*
	// for what is before that and all below it. The longest that fits counts. It
	// is compared with the path as a handler gets it, so that no request is of
	// another class for the way in which its path was written.
	Path string
}

// A classTable finds the class of a path.
type classTable []Class

// newClassTable reports every fault at once.
func newClassTable(classes []Class) (classTable, error) {
	var faults []error
	paths := map[string]string{}
	for i, class := range classes {
		switch other, ok := paths[class.Path]; {
		case !strings.HasPrefix(class.Path, "/"):
			faults = append(faults, fmt.Errorf("server: Classes[%d].Path must begin with /, such as /reports/*, got %q", i, class.Path))
		case strings.Contains(strings.TrimSuffix(class.Path, "/*"), "*"):
			faults = append(faults, fmt.Errorf("server: Classes[%d].Path may have a * only at its end, as in /reports/*, got %q", i, class.Path))
		case ok:
			faults = append(faults, fmt.Errorf("server: Classes[%d].Path is %q, as that of class %q; it must be unique", i, class.Path, other))
		}
		paths[class.Path] = class.Name
	}
	return classes, errors.Join(faults...)
}

// of returns the class of a path as the pool counts them: 0 is the default one.
func (t classTable) of(path []byte) (index int) {
	if len(t) > 0 && bytes.IndexByte(path, '%') >= 0 {
		if plain, err := url.PathUnescape(string(path)); err == nil {
			path = []byte(plain)
		}
	}
	longest := 0
	for i := range t {
		if p := t[i].Path; len(p) > longest && matches(p, path) {
			index, longest = i+1, len(p)
		}
	}
	return index
}

// name is that of the class with an index.
func (t classTable) name(index int) string {
	if index == 0 {
		return pool.DefaultClass
	}
	return t[index-1].Name
}

// matches reports whether path is pattern, or below it.
func matches(pattern string, path []byte) bool {
	below, ok := strings.CutSuffix(pattern, "*")
	if !ok {
		return string(path) == pattern
	}
	return len(path) >= len(below) && string(path[:len(below)]) == below || string(path) == below[:len(below)-1]
}

// forPool are the classes as the pool takes them.
func (t classTable) forPool() []pool.Class {
	var classes []pool.Class
	for _, class := range t {
		classes = append(classes, class.Class)
	}
	return classes
}
