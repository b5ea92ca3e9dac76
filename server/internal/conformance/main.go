// Command conformance runs tests that were written for net/http with millpond
// in its place, unmodified, and says which ones end otherwise. Run it in its
// directory:
//
//	go run . [flags] [package...]
//
// The packages are those of the standard library that test its server, which is
// also what "std" stands for, unless others are named; "third" stands for
// modules that are in wide use. All must be in go.mod.
//
// It builds the tests from the source of the Go that runs it, with an overlay by
// which http.Server passes the calls of its methods on to a stand-in: see
// testdata/http.go. Servers with TLS and those of HTTP/2 serve themselves, and
// the tests of net/http leave out these modes.
//
// Each test runs in a process of its own: first with net/http, then, if it has
// passed there and asked for a server, under each model. One that fails is run
// again, alone, before it counts. What is known to end otherwise is in
// differences.txt with its reason; the exit status is 1 for any other failure,
// and for a test in that list that passes.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"conformance/standin"
)

// netHTTP is the model without a stand-in.
const netHTTP = "nethttp"

// goroot is where the source of the tests is.
var goroot = sync.OnceValue(func() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
})

// options are the flags.
type options struct {
	packages []string
	models   []string
	files    []string
	only     *regexp.Regexp
	race     bool
	verbose  bool
	parallel int
	attempts int
	limit    time.Duration
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2)
	}
	ok, err := run(o, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("conformance", flag.ContinueOnError)
	f.Func("models", "comma-separated `list` of "+strings.Join(standin.Models, ", ")+" (default: all)", func(list string) error {
		o.models = strings.Split(list, ",")
		for _, m := range o.models {
			if !slices.Contains(standin.Models, m) {
				return fmt.Errorf("no model %q: there are %v", m, standin.Models)
			}
		}
		return nil
	})
	f.Func("files", "comma-separated `list` of test files, such as serve_test.go (default: all)", func(list string) error {
		o.files = strings.Split(list, ",")
		return nil
	})
	f.Func("run", "only the tests whose names match the `pattern`", func(pattern string) (err error) {
		o.only, err = regexp.Compile(pattern)
		return err
	})
	f.BoolVar(&o.race, "race", false, "build the tests with the race detector")
	f.BoolVar(&o.verbose, "v", false, "show the whole output of the tests that fail")
	f.IntVar(&o.parallel, "parallel", 2, "how many tests run at a time")
	f.IntVar(&o.attempts, "attempts", 3, "how often a test that fails is run before it counts")
	f.DurationVar(&o.limit, "limit", 20*time.Second, "how long one test may take; one that is known to differ has a quarter of it")
	err = f.Parse(args)
	o.packages = f.Args()
	if len(o.packages) == 0 {
		o.packages = []string{"std"}
	}
	if o.models == nil {
		o.models = standin.Models
	}
	o.parallel = max(o.parallel, 1)
	return o, err
}

// run reports whether everything ended as it should.
func run(o options, out io.Writer) (ok bool, err error) {
	differences, err := readDifferences(differencesText)
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	tests, err := buildAll(o, dir)
	if err != nil {
		return false, err
	}
	var control, jobs []job
	for _, t := range tests {
		control = append(control, job{t, netHTTP})
	}
	results := runAll(control, o, differences)
	again(results, o, differences)
	for _, r := range results {
		if r.outcome != passed {
			continue
		}
		for _, m := range o.models {
			jobs = append(jobs, job{r.test, m})
		}
	}
	rest := runAll(jobs, o, differences)
	again(rest, o, differences)
	return report(out, o, append(results, rest...), differences), nil
}

// buildAll builds what is to be tested and lists it.
func buildAll(o options, dir string) (all []test, err error) {
	suites, err := listSuites(o.packages)
	if err != nil {
		return nil, err
	}
	modfile, err := copyModules(dir, suites)
	if err != nil {
		return nil, err
	}
	overlay, err := writeOverlay(dir, goroot(), suites)
	if err != nil {
		return nil, err
	}
	flags := []string{modfile, "-overlay", overlay}
	if o.race {
		flags = append(flags, "-race")
	}
	for _, s := range suites {
		if err := s.build(dir, flags...); err != nil {
			return nil, err
		}
		tests, err := s.tests(o.files)
		if err != nil {
			return nil, err
		}
		all = append(all, tests...)
	}
	return slices.DeleteFunc(all, func(t test) bool { return o.only != nil && !o.only.MatchString(t.name) }), nil
}
