package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// copyModules copies the modules of suites to dir, as the go command overlays
// nothing in its cache, and returns the flag by which it builds the copies. The
// suites are then those in the copies.
func copyModules(dir string, suites []*suite) (modfile string, err error) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		return "", err
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		return "", err
	}
	copies := map[string]string{} // by where they are from
	for _, s := range suites {
		from := s.Module.Dir
		if from == "" {
			continue // the standard library
		}
		if copies[from] == "" {
			copies[from] = filepath.Join(dir, fmt.Sprintf("module%d", len(copies)))
			if err := os.CopyFS(copies[from], os.DirFS(from)); err != nil {
				return "", err
			}
			text = fmt.Appendf(text, "\nreplace %s => %s\n", s.Module.Path, copies[from])
		}
		s.Dir = copies[from] + strings.TrimPrefix(s.Dir, from)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "go.mod")
	return "-modfile=" + file, os.WriteFile(file, text, 0o600)
}
