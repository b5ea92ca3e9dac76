package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"conformance/standin"
)

// An outcome is how a test ended.
type outcome uint8

const (
	passed outcome = iota
	failed
	skipped
	serverless // it passed, and no server was asked for
	numOutcomes
)

var outcomeNames = [numOutcomes]string{"pass", "FAIL", "skip", "no server"}

func (o outcome) String() string { return outcomeNames[o] }

// A result is what a test said under a model.
type result struct {
	test
	model   string
	outcome outcome
	took    time.Duration
	output  string
}

// A job is a test to run under a model.
type job struct {
	test
	model string
}

// runAll runs jobs, some at a time, and returns the results in their order.
func runAll(jobs []job, o options, known map[string]difference) []result {
	results := make([]result, len(jobs))
	places := make(chan struct{}, o.parallel)
	var all sync.WaitGroup
	for i, j := range jobs {
		limit := o.limit
		if known[j.String()].covers(j.model) {
			limit /= 4
		}
		places <- struct{}{}
		all.Go(func() {
			results[i] = j.run(limit)
			<-places
		})
	}
	all.Wait()
	return results
}

// notesVar is the environment variable with a file that is made as soon as a
// server of HTTP/1 over plain TCP is asked for.
const notesVar = "CONFORMANCE_NOTES"

// otherModes are the names that the tests of net/http give to what is not
// HTTP/1 over plain TCP.
const otherModes = "(https1|h2|h2unencrypted)"

// run runs a test in a process of its own.
func (j job) run(limit time.Duration) result {
	r := result{test: j.test, model: j.model}
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		r.outcome, r.output = failed, err.Error()
		return r
	}
	defer os.RemoveAll(dir)
	notes := filepath.Join(dir, "notes")
	ctx, cancel := context.WithTimeout(context.Background(), limit+5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, j.suite.binary, "-test.v", "-test.run", "^"+j.name+"$", "-test.timeout", limit.String())
	if j.suite.Standard {
		cmd.Args = append(cmd.Args, "-test.skip", fmt.Sprintf("^%s$/^%s$|^%[1]s$/./^%[2]s$", j.name, otherModes))
	}
	cmd.Dir = j.suite.Dir
	cmd.Env = append(os.Environ(), notesVar+"="+notes, "TMPDIR="+dir)
	if j.model != netHTTP {
		cmd.Env = append(cmd.Env, standin.ModelVar+"="+j.model)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second // a child of the test may hold the pipe
	begun := time.Now()
	err = cmd.Run()
	r.took = time.Since(begun)
	r.output = out.String()
	_, unserved := os.Stat(notes)
	r.outcome = judge(err, r.output, j.name, errors.Is(unserved, os.ErrNotExist))
	return r
}

// judge reads how a test ended from its process.
func judge(err error, output, name string, unserved bool) outcome {
	switch {
	case err != nil:
		return failed
	case strings.Contains(output, "--- SKIP: "+name+" ("):
		return skipped
	case unserved:
		return serverless
	}
	return passed
}

// reason is the line of the output that says best why the test failed.
func (r result) reason() string {
	const most = 200
	best, rank := "no output", 0
	for line := range strings.Lines(r.output) {
		line = strings.TrimSpace(line)
		if n := tells(line); n > rank {
			best, rank = line, n
		}
	}
	if len(best) > most {
		return best[:most] + "…"
	}
	return best
}

// tells ranks a line of output by what it says about a failure.
func tells(line string) int {
	for n, mark := range []string{"", "_test.go:", "Too many goroutines", "panic: ", "fatal error: "} {
		if n > 1 && strings.HasPrefix(line, mark) || n == 1 && strings.Contains(line, mark) && !strings.Contains(line, "server log:") {
			return n + 1
		}
	}
	return min(len(line), 1)
}
