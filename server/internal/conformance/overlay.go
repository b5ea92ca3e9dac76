package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed testdata/http.go testdata/standin_test.go
var hooks embed.FS

// A patch replaces text, which must occur once, in a file of GOROOT/src.
type patch struct{ file, from, to string }

// patches let a stand-in take the place of an http.Server. The tests
// themselves stay as they are.
var patches = []patch{
	itself("Serve(l net.Listener) error"),
	itself("Shutdown(ctx context.Context) error"),
	itself("Close() error"),
	itself("RegisterOnShutdown(f func())"),
	itself("SetKeepAlivesEnabled(v bool)"),
	{"net/http/httptest/server.go", "\n\ts.wg.Wait()\n", "\n\ts.Config.StopStandIn()\n\ts.wg.Wait()\n"},
	begins("net/http/export_test.go", "ExportAllConnsByState() map[ConnState]int",
		"if in := s.standIn(); in != nil { return in.States() }"),
	begins("net/http/export_test.go", "ExportAllConnsIdle() bool",
		"if in := s.standIn(); in != nil { return in.AllIdle() }"),
}

// itself gives a method of http.Server another name.
func itself(method string) patch {
	const receiver = "\nfunc (s *Server) "
	return patch{"net/http/server.go", receiver + method, receiver + "itself" + method}
}

// begins has a method of http.Server begin with a statement.
func begins(file, method, statement string) patch {
	head := "func (s *Server) " + method + " {\n"
	return patch{file, head, head + statement + "\n"}
}

// writeOverlay writes what the go command needs to build the tests of suites
// with stand-ins to dir, and returns the file that it takes with -overlay.
// Nothing is touched outside of dir.
func writeOverlay(dir, goroot string, suites []*suite) (file string, err error) {
	texts, err := patched(filepath.Join(goroot, "src"))
	if err != nil {
		return "", err
	}
	glue, _ := hooks.ReadFile("testdata/standin_test.go")
	for _, s := range suites {
		texts[filepath.Join(s.Dir, "standin_test.go")] = strings.Replace(string(glue), "PACKAGE", s.Name, 1)
	}
	replace := map[string]string{}
	for file, text := range texts {
		replace[file] = filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(replace[file], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, b, 0o600)
}

// patched is the text of each changed file below src.
func patched(src string) (map[string]string, error) {
	hook, _ := hooks.ReadFile("testdata/http.go")
	texts := map[string]string{filepath.Join(src, "net/http/standin.go"): string(hook)}
	for _, p := range patches {
		file := filepath.Join(src, p.file)
		if texts[file] == "" {
			b, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("the source of the standard library is needed: %w", err)
			}
			texts[file] = string(b)
		}
		if n := strings.Count(texts[file], p.from); n != 1 {
			return nil, fmt.Errorf("%s has %d times %q; want one: adapt the patch to this version of Go", file, n, p.from)
		}
		texts[file] = strings.Replace(texts[file], p.from, p.to, 1)
	}
	return texts, nil
}
