package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostInACircle is how many files may use each other: a reader can hold that many
// in mind at once.
const mostInACircle = 3

// TestServerFilesUseEachOtherOneWay keeps the files of package server in an order
// in which they can be read: what one declares at the top level or as a method is
// used by those above it only, but for small circles.
func TestServerFilesUseEachOtherOneWay(t *testing.T) {
	for _, circle := range circles(usesAmongFiles(t, filepath.Join("..", "..", "server"))) {
		if len(circle) > mostInACircle {
			t.Errorf("%d files use each other in a circle, more than %d: %v", len(circle), mostInACircle, circle)
		}
	}
}

func TestCircles(t *testing.T) {
	uses := map[string][]string{"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
	got := circles(uses)
	slices.SortFunc(got, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	if len(got) != 2 || !slices.Equal(got[0], []string{"a", "b", "c"}) || !slices.Equal(got[1], []string{"d", "e"}) {
		t.Errorf("circles: %v", got)
	}
}

// usesAmongFiles tells whose declarations each file of a package uses. Fields do
// not count: those of a struct come with its type.
func usesAmongFiles(t *testing.T, dir string) map[string][]string {
	t.Helper()
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if name := filepath.Base(path); strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_other.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	check := types.Config{Importer: none{}, Error: func(error) {}}
	pkg, _ := check.Check(dir, fset, files, info) // the faults are all of what other packages declare
	uses := map[string][]string{}
	for id, of := range info.Uses {
		_, isFunc := of.(*types.Func)
		if of.Pkg() != pkg || !isFunc && of.Parent() != pkg.Scope() {
			continue
		}
		by, declares := filepath.Base(fset.Position(id.Pos()).Filename), filepath.Base(fset.Position(of.Pos()).Filename)
		if by != declares && !slices.Contains(uses[by], declares) {
			uses[by] = append(uses[by], declares)
		}
	}
	if len(uses) < 2 {
		t.Fatalf("no file of %s uses another", dir)
	}
	return uses
}

// none imports nothing of any package, which takes no time: what is told apart here
// is what the files declare themselves.
type none struct{}

func (none) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, filepath.Base(path))
	p.MarkComplete()
	return p, nil
}

// circles are the sets of those that reach each other, in order.
func circles(uses map[string][]string) (all [][]string) {
	reached := map[string]map[string]bool{}
	for from := range uses {
		reached[from] = map[string]bool{}
		reach(from, uses, reached[from])
	}
	seen := map[string]bool{}
	for from := range uses {
		var circle []string
		for to := range reached[from] {
			if reached[to][from] && !seen[to] {
				circle = append(circle, to)
				seen[to] = true
			}
		}
		if len(circle) > 1 {
			slices.Sort(circle)
			all = append(all, circle)
		}
	}
	return all
}

// reach marks what can be come to from one.
func reach(from string, uses map[string][]string, marked map[string]bool) {
	for _, to := range uses[from] {
		if !marked[to] {
			marked[to] = true
			reach(to, uses, marked)
		}
	}
}
