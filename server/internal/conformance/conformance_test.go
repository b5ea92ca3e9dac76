package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"conformance/standin"
)

// TestResponseController has the tests of the smallest file pass with
// millpond, which shows that the overlay fits this version of Go.
func TestResponseController(t *testing.T) {
	o := options{packages: []string{"net/http"}, models: standin.Models, files: []string{"responsecontroller_test.go"}, parallel: 2, attempts: 3, limit: time.Minute}
	var out strings.Builder
	ok, err := run(o, &out)
	if err != nil || !ok {
		t.Errorf("ok %v, %v\n%s", ok, err, out.String())
	}
}

// TestDifferences checks that each test of the standard library in the list
// exists.
func TestDifferences(t *testing.T) {
	known, err := readDifferences(differencesText)
	if err != nil {
		t.Fatal(err)
	}
	suites, err := listSuites([]string{"std"})
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, s := range suites {
		for _, file := range s.files() {
			b, err := os.ReadFile(filepath.Join(s.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(b)
		}
	}
	for name := range known {
		if !strings.Contains(name, ".") && !strings.Contains(sources.String(), "\nfunc "+name+"(t *testing.T)") {
			t.Errorf("there is no test %s in this version of Go", name)
		}
	}
}

func TestReadDifferences(t *testing.T) {
	for _, test := range []struct{ text, fault string }{
		{"# nothing\n\nTestA all because\nTestB epoll?,stream because\n", ""},
		{"TestA all", "no reason"},
		{"TestA epool because", "no model"},
		{"TestA all because\nTestA all because", "twice"},
	} {
		_, err := readDifferences(test.text)
		if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
			t.Errorf("%q: %v; want %q", test.text, err, test.fault)
		}
	}
}

func TestVerdict(t *testing.T) {
	known, err := readDifferences("TestAlways all because\nTestSometimes epoll? because")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		outcome outcome
		ok      bool
	}{
		{"TestOther", passed, true},
		{"TestOther", serverless, true},
		{"TestOther", failed, false},
		{"TestAlways", failed, true},
		{"TestAlways", skipped, true},
		{"TestAlways", passed, false},
		{"TestSometimes", failed, true},
		{"TestSometimes", passed, true},
	} {
		var out strings.Builder
		r := result{test: namedTest(test.name), model: standin.Models[0], outcome: test.outcome}
		if ok := report(&out, options{models: standin.Models}, []result{r}, known); ok != test.ok {
			t.Errorf("%s that ended with %q: %v; want %v", test.name, test.outcome, ok, test.ok)
		}
	}
}

// namedTest is a test with that name.
func namedTest(name string) test { return test{suite: &suite{Standard: true}, name: name} }

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		err      error
		output   string
		unserved bool
		want     outcome
	}{
		{nil, "--- PASS: TestA (0.00s)\n", false, passed},
		{nil, "--- PASS: TestA (0.00s)\n", true, serverless},
		{nil, "--- SKIP: TestA (0.00s)\n", true, skipped},
		{nil, "    --- SKIP: TestA/h1 (0.00s)\n--- PASS: TestA (0.00s)\n", false, passed},
		{errors.New("exit status 1"), "--- PASS: TestA (0.00s)\n", false, failed},
	} {
		if got := judge(test.err, test.output, "TestA", test.unserved); got != test.want {
			t.Errorf("%q, %v: %v; want %v", test.output, test.err, got, test.want)
		}
	}
}
