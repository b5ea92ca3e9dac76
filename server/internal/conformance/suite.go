package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// groups are the packages whose tests are run, by the name of the group.
var groups = map[string][]string{
	"std": {"net/http", "net/http/httputil"},
	"third": {
		"connectrpc.com/connect",
		"github.com/coder/websocket",
		"github.com/gin-gonic/gin",
		"github.com/go-chi/chi/v5",
		"github.com/go-chi/chi/v5/middleware",
		"github.com/gorilla/handlers",
		"github.com/gorilla/websocket",
		"github.com/klauspost/compress/gzhttp",
		"github.com/labstack/echo/v4",
		"github.com/labstack/echo/v4/middleware",
		"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
	},
}

// stdFiles are the files of net/http whose tests can meet a server. Of any
// other package, it is all of them.
var stdFiles = []string{"serve_test.go", "clientserver_test.go", "responsecontroller_test.go", "fs_test.go",
	"transport_test.go", "client_test.go"}

// otherProtocols are the tests of net/http for HTTP/2 that do not name a mode.
var otherProtocols = regexp.MustCompile("^Test(AutomaticHTTP2_|ServerHandlersCanHandleH2PRI)")

// A suite is the tests of a package. The fields are those of go list.
type suite struct {
	ImportPath   string
	Name         string
	Dir          string
	Standard     bool
	Module       struct{ Path, Dir string }
	TestGoFiles  []string
	XTestGoFiles []string
	binary       string
}

// listSuites finds packages, or groups of them.
func listSuites(names []string) (all []*suite, err error) {
	args := []string{"list", "-json=ImportPath,Name,Dir,Standard,Module,TestGoFiles,XTestGoFiles"}
	for _, name := range names {
		if group := groups[name]; group != nil {
			args = append(args, group...)
		} else {
			args = append(args, name)
		}
	}
	cmd := exec.Command("go", args...)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%v: %w", cmd, err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var s suite
		if err := d.Decode(&s); err != nil {
			return nil, err
		}
		all = append(all, &s)
	}
	return all, nil
}

// files are the test files whose tests are run.
func (s *suite) files() []string {
	if s.ImportPath == "net/http" {
		return stdFiles
	}
	return append(slices.Clone(s.TestGoFiles), s.XTestGoFiles...)
}

// build builds the test binary in dir.
func (s *suite) build(dir string, flags ...string) error {
	s.binary = filepath.Join(dir, strings.ReplaceAll(s.ImportPath, "/", "_")+".test")
	args := append([]string{"test", "-c", "-vet=off", "-o", s.binary}, flags...)
	out, err := exec.Command("go", append(args, s.ImportPath)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("building the tests of %s: %w\n%s", s.ImportPath, err, out)
	}
	return nil
}

// A test is one function.
type test struct {
	suite *suite
	file  string
	name  string
}

// String is how the list of differences calls the test.
func (t test) String() string {
	if t.suite.Standard {
		return t.name
	}
	return t.suite.ImportPath + "." + t.name
}

// tests lists the tests that are in the binary and in one of files.
func (s *suite) tests(files []string) (all []test, err error) {
	out, err := exec.Command(s.binary, "-test.list", "^(Test|Example)").Output()
	if err != nil {
		return nil, fmt.Errorf("listing the tests of %s: %w", s.ImportPath, err)
	}
	there := strings.Fields(string(out))
	for _, file := range s.files() {
		if len(files) > 0 && !slices.Contains(files, file) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(s.Dir, file), nil, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && slices.Contains(there, f.Name.Name) && !(s.Standard && otherProtocols.MatchString(f.Name.Name)) {
				all = append(all, test{s, file, f.Name.Name})
			}
		}
	}
	return all, nil
}
