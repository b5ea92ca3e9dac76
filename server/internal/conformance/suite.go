package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A suite is a package of the standard library, and those of its test files
// that meet a server.
type suite struct {
	pkg   string
	files []string
}

var suites = []suite{
	{"net/http", []string{"serve_test.go", "clientserver_test.go", "responsecontroller_test.go", "fs_test.go",
		"transport_test.go", "client_test.go"}},
	{"net/http/httputil", []string{"dump_test.go", "reverseproxy_test.go", "example_test.go"}},
}

// A test is one function.
type test struct {
	suite  suite
	binary string
	file   string
	name   string
}

// tests lists the tests of a suite that are in its binary and in one of files.
func (s suite) tests(goroot, binary string, files []string) (all []test, err error) {
	out, err := exec.Command(binary, "-test.list", "^(Test|Example)").Output()
	if err != nil {
		return nil, fmt.Errorf("listing the tests of %s: %w", s.pkg, err)
	}
	there := strings.Fields(string(out))
	for _, file := range s.files {
		if len(files) > 0 && !slices.Contains(files, file) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(goroot, "src", s.pkg, file), nil, 0)
		if err != nil {
			return nil, err
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && slices.Contains(there, f.Name.Name) {
				all = append(all, test{s, binary, file, f.Name.Name})
			}
		}
	}
	return all, nil
}
