package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostShared is how many fields a struct may have whose fields are written in
// several files: more of them than a reader can hold in mind belong in parts,
// each with a file of its own.
const mostShared = 12

// TestStructsThatSeveralFilesWrite keeps the pool and the server from a struct
// of everything: a large one is written in one file once it has been made, or
// consists of parts of which that holds.
func TestStructsThatSeveralFilesWrite(t *testing.T) {
	found := structs(t, "millpond/pool/...", "millpond/server/...")
	if job := found["millpond/pool.job"]; len(found) < 100 || len(job.writers) != 2 {
		t.Fatalf("%d structs found, and %v write those of a worker; want hundreds, and the two files run and leave", len(found), job)
	}
	for name, s := range found {
		if s.fields > mostShared && len(s.writers) > 1 {
			t.Errorf("%s has %d fields, more than %d, and %d files write them: %v",
				name, s.fields, mostShared, len(s.writers), slices.Sorted(maps.Keys(s.writers)))
		}
	}
}

// written is what is known of a struct type.
type written struct {
	fields  int
	writers map[string]bool // the files that write a field of one that exists
}

// listed is a package as go list tells of it.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// structs are the struct types declared in the packages, and who writes them.
func structs(t *testing.T, patterns ...string) map[string]*written {
	t.Helper()
	wanted := list(t, patterns)
	exports := map[string]string{}
	for _, pkg := range list(t, append([]string{"-export", "-deps"}, patterns...)) {
		exports[pkg.ImportPath] = pkg.Export
	}
	fset := token.NewFileSet()
	from := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	found := map[string]*written{}
	for _, pkg := range wanted {
		var files []*ast.File
		for _, name := range pkg.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		info := &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		}
		checked, err := (&types.Config{Importer: from}).Check(pkg.ImportPath, fset, files, info)
		if err != nil {
			t.Fatal(err)
		}
		declare(found, checked)
		for i, f := range files {
			w := &writes{info: info, file: pkg.ImportPath + "/" + pkg.GoFiles[i], found: found, fresh: map[types.Object]bool{}}
			ast.Inspect(f, w.visit)
		}
	}
	return found
}

// list asks the go command for packages.
func list(t *testing.T, args []string) (pkgs []listed) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Dir,Export,GoFiles"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for stream := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg listed
		err := stream.Decode(&pkg)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, pkg)
	}
}

// declare notes the struct types of a package.
func declare(found map[string]*written, pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		named, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		if s, ok := named.Type().Underlying().(*types.Struct); ok {
			entry(found, pkg.Path()+"."+name).fields = s.NumFields()
		}
	}
}

func entry(found map[string]*written, name string) *written {
	if found[name] == nil {
		found[name] = &written{writers: map[string]bool{}}
	}
	return found[name]
}

// writes looks for what a file writes.
type writes struct {
	info  *types.Info
	file  string
	found map[string]*written
	fresh map[types.Object]bool // variables with a struct that their function has just made
}

func (w *writes) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if len(n.Rhs) == len(n.Lhs) {
				w.make(to, n.Rhs[i])
			}
			w.write(to)
		}
	case *ast.IncDecStmt:
		w.write(n.X)
	case *ast.RangeStmt:
		w.write(n.Key)
		w.write(n.Value)
	case *ast.CallExpr:
		w.call(n)
	}
	return true
}

// make notes a variable that holds a new struct: to fill that in is part of
// making it.
func (w *writes) make(to, value ast.Expr) {
	id, ok := to.(*ast.Ident)
	if !ok || w.info.Defs[id] == nil {
		return
	}
	if u, ok := value.(*ast.UnaryExpr); ok {
		value = u.X
	}
	if _, ok := value.(*ast.CompositeLit); ok {
		w.fresh[w.info.Defs[id]] = true
	}
}

// call takes what changes an atomic for a write of it.
func (w *writes) call(n *ast.CallExpr) {
	method, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	of := w.info.Selections[method]
	if of == nil || of.Obj().Pkg() == nil || of.Obj().Pkg().Path() != "sync/atomic" || of.Obj().Name() == "Load" {
		return
	}
	w.write(method.X)
}

// write notes that a field is written, in the struct that declares it.
func (w *writes) write(to ast.Expr) {
	for {
		switch at := to.(type) {
		case *ast.ParenExpr:
			to = at.X
		case *ast.StarExpr:
			to = at.X
		case *ast.IndexExpr:
			to = at.X
		case *ast.SelectorExpr:
			if owner := w.owner(at); owner != "" {
				entry(w.found, owner).writers[w.file] = true
			}
			return
		default:
			return
		}
	}
}

// owner is the named struct that declares the field, unless it is new.
func (w *writes) owner(field *ast.SelectorExpr) string {
	sel := w.info.Selections[field]
	if sel == nil || sel.Kind() != types.FieldVal {
		return ""
	}
	if id, ok := field.X.(*ast.Ident); ok && w.fresh[w.info.Uses[id]] {
		return ""
	}
	at := sel.Recv()
	for _, i := range sel.Index()[:len(sel.Index())-1] { // through what is embedded
		at = under(at).Field(i).Type()
	}
	if p, ok := at.(*types.Pointer); ok {
		at = p.Elem()
	}
	named, ok := at.(*types.Named)
	if !ok || !strings.HasPrefix(named.Obj().Pkg().Path(), "millpond/") {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// under is the struct that a type or a pointer to one has.
func under(t types.Type) *types.Struct {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return t.Underlying().(*types.Struct)
}
