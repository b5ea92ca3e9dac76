package main

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed says who may import what directly, beside the standard library. A
// path stands for itself and all below it.
var allowed = map[string][]string{
	"pool":                 {"millpond/pool/internal/policy", "github.com/alitto/pond/v2"},
	"pool/internal/policy": {},
	"pool/sim":             {"millpond/pool/internal/policy"},
	"server": {"millpond/pool", "millpond/server/internal/http1", "millpond/server/internal/poll", "millpond/server/internal/problem",
		"golang.org/x/sys", "golang.org/x/net"},
	"server/internal/http1":   {"golang.org/x/net"},
	"server/internal/poll":    {"millpond/server/internal/http1", "golang.org/x/sys"},
	"server/accesslog":        {"millpond/server"},
	"server/balance":          {"millpond/server", "millpond/pool"},
	"server/demo":             {},
	"server/files":            {},
	"server/servertest":       {"millpond/server"},
	"server/internal/problem": {},
	"server/upstream":         {"millpond/server/internal/poll", "millpond/server/internal/problem"},
	"metrics": {"millpond/pool", "millpond/server", "millpond/server/accesslog", "millpond/server/upstream",
		"github.com/prometheus/client_golang", "github.com/prometheus/client_model", "github.com/prometheus/procfs"},
	"metrics/status": {"millpond/metrics", "millpond/pool", "millpond/server", "github.com/dustin/go-humanize"},
	"cmd/server": {"millpond/server", "millpond/server/accesslog", "millpond/server/balance", "millpond/server/demo", "millpond/server/files", "millpond/server/upstream", "millpond/pool", "millpond/metrics", "millpond/metrics/status",
		"github.com/alecthomas/kong", "github.com/dustin/go-humanize", "github.com/coreos/go-systemd/v22", "github.com/KimMachineGun/automemlimit", "golang.org/x/net/netutil"},
	"cmd/server/deploy": {},
	"bench":             {"github.com/HdrHistogram/hdrhistogram-go"},
	"bench/load":        {"millpond/bench", "gonum.org/v1/gonum", "github.com/HdrHistogram/hdrhistogram-go", "golang.org/x/sys"},
	"bench/process":     {"gonum.org/v1/gonum", "millpond/bench", "github.com/prometheus/procfs", "github.com/prometheus/common", "github.com/prometheus/client_model", "golang.org/x/sys"},
	"bench/experiment":  {"millpond/bench/stats", "millpond/bench", "millpond/bench/load", "millpond/bench/process", "golang.org/x/sys"},
	"bench/stats":       {"gonum.org/v1/gonum", "millpond/bench", "github.com/HdrHistogram/hdrhistogram-go", "github.com/aclements/go-moremath"},
	"bench/report": {"millpond/bench", "millpond/bench/stats", "millpond/bench/report/chart",
		"gonum.org/v1/plot", "github.com/jedib0t/go-pretty/v6", "github.com/dustin/go-humanize"},
	"bench/report/chart": {"millpond/bench", "gonum.org/v1/plot"},
	"cmd/bench": {"millpond/bench", "millpond/bench/load", "millpond/bench/process", "millpond/bench/experiment",
		"millpond/bench/stats", "millpond/bench/report", "github.com/alecthomas/kong", "golang.org/x/term"},
}

// TestImports keeps the packages in their places: each arrow between them is in
// the table, and only pool knows pond, only metrics Prometheus.
func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if strings.HasPrefix(entry.Name(), ".") && dir != root || entry.Name() == "testdata" {
			return fs.SkipDir
		}
		if matches, _ := filepath.Glob(filepath.Join(dir, "go.mod")); len(matches) > 0 && dir != root {
			return fs.SkipDir // A module of its own.
		}
		pkg, err := build.ImportDir(dir, 0)
		if err != nil {
			return nil // No Go files.
		}
		path, _ := filepath.Rel(root, dir)
		checkImports(t, filepath.ToSlash(path), pkg.Imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, path string, imports []string) {
	t.Helper()
	may, ok := allowed[path]
	if !ok {
		t.Errorf("package %s is not in the table of imports", path)
		return
	}
	for _, imported := range imports {
		first, _, _ := strings.Cut(imported, "/")
		if !strings.Contains(first, ".") && first != "millpond" {
			continue // The standard library.
		}
		if !slices.ContainsFunc(may, func(p string) bool { return covers(p, imported) }) {
			t.Errorf("package %s must not import %s", path, imported)
		}
	}
}

// covers reports whether imported is path or, outside of this module, below it.
func covers(path, imported string) bool {
	return imported == path || !strings.HasPrefix(path, "millpond/") && strings.HasPrefix(imported, path+"/")
}
