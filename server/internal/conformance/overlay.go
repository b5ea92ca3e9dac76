package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
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

// writeOverlay writes what the go command needs to build the tests with
// stand-ins to dir, and returns the file that it takes with -overlay. Nothing
// in GOROOT is touched.
func writeOverlay(dir, goroot string) (string, error) {
	src := filepath.Join(goroot, "src")
	replace := map[string]string{}
	put := func(file, text string) error {
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		replace[filepath.Join(src, file)] = to
		return os.WriteFile(to, []byte(text), 0o600)
	}
	texts := map[string]string{}
	for _, p := range patches {
		if texts[p.file] == "" {
			b, err := os.ReadFile(filepath.Join(src, p.file))
			if err != nil {
				return "", fmt.Errorf("the source of the standard library is needed: %w", err)
			}
			texts[p.file] = string(b)
		}
		if n := strings.Count(texts[p.file], p.from); n != 1 {
			return "", fmt.Errorf("%s has %d times %q; want one: adapt the patch to this version of Go", p.file, n, p.from)
		}
		texts[p.file] = strings.Replace(texts[p.file], p.from, p.to, 1)
	}
	hook, _ := hooks.ReadFile("testdata/http.go")
	texts["net/http/standin.go"] = string(hook)
	for _, s := range suites {
		glue, _ := hooks.ReadFile("testdata/standin_test.go")
		texts[s.pkg+"/standin_test.go"] = strings.Replace(string(glue), "PACKAGE", filepath.Base(s.pkg), 1)
	}
	for file, text := range texts {
		if err := put(file, text); err != nil {
			return "", err
		}
	}
	overlay := filepath.Join(dir, "overlay.json")
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, b, 0o600)
}

// build builds the test binary of a suite in dir, and returns its path.
func (s suite) build(dir, overlay string, flags ...string) (string, error) {
	binary := filepath.Join(dir, filepath.Base(s.pkg)+".test")
	args := append([]string{"test", "-c", "-vet=off", "-overlay", overlay, "-o", binary}, flags...)
	out, err := exec.Command("go", append(args, s.pkg)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the tests of %s: %w\n%s", s.pkg, err, out)
	}
	return binary, nil
}
